// The cost of starting Node and a server.
import { createServer } from "node:http";

createServer((_request, response) => response.end("{}")).listen(Number(process.argv[2]), "127.0.0.1");
