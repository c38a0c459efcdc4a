// The limit of this machine's timers and sockets: every stream gets the same bytes, one event per interval, from one
// list sorted by time. It parses, creates, counts and stores nothing.
import { createServer } from "node:http";
import { input, serve } from "./serve.mjs";

const { event, events, intervalMs } = input();
const waiting = [];
let timer = null;

function arm() {
  if (timer !== null || waiting.length === 0) return;
  timer = setTimeout(ring, Math.max(0, waiting[0].due - Date.now()));
}

function ring() {
  timer = null;
  const now = Date.now();
  while (waiting.length > 0 && waiting[0].due <= now) {
    const stream = waiting.shift();
    stream.response.write(event);
    stream.sent++;
    stream.due = stream.began + stream.sent * intervalMs;
    if (stream.sent < events) waiting.push(stream);
    else stream.response.end("data: [DONE]\n\n");
  }
  arm();
}

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    const began = Date.now();
    waiting.push({ response, began, due: began, sent: 0 });
    arm();
  });
});
server.listen(0, "127.0.0.1", () =>
  serve({ port: server.address().port }, async () => {
    server.closeAllConnections();
    server.close();
  }),
);
