// The cost of starting Node, Hono and node-server, as an application loads them from node_modules.
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono();
app.get("*", (c) => c.json({}));
serve({ fetch: app.fetch, port: Number(process.argv[2]), hostname: "127.0.0.1" });
