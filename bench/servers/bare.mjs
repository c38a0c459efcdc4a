// The cost of Node itself: parses the body and answers constant bytes, with one write for each of `writes`.
import { createServer } from "node:http";
import { input, serve } from "./serve.mjs";

const { type, writes } = input();
const chunks = writes.map((text) => Buffer.from(text));
const [whole] = chunks;

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    JSON.parse(parts.length === 1 ? parts[0].toString() : Buffer.concat(parts).toString());
    if (chunks.length === 1) {
      response.writeHead(200, {
        "Content-Type": type,
        "Content-Length": whole.length,
      });
      response.end(whole);
      return;
    }
    response.writeHead(200, { "Content-Type": type });
    for (const chunk of chunks) response.write(chunk);
    response.end();
  });
});
server.listen(0, "127.0.0.1", () =>
  serve({ port: server.address().port }, async () => {
    server.closeAllConnections();
    server.close();
  }),
);
