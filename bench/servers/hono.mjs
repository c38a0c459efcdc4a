// The cost of the framework: Hono on node-server parses the body and answers constant bytes.
import { serve as serveHono } from "@hono/node-server";
import { Hono } from "hono";
import { input, serve } from "./serve.mjs";

const { type, body } = input();
const headers = { "Content-Type": type };

const app = new Hono();
app.post("/v1/chat/completions", async (c) => {
  await c.req.json();
  return new Response(body, { headers });
});
app.get("*", () => new Response("{}", { headers }));
const server = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
  serve({ port }, async () => {
    server.closeAllConnections();
    server.close();
  }),
);
