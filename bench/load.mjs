// A load generator cheaper than any server: raw sockets, one prepared request, minimal parsing of HTTP.
import { connect } from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");
const CRLF = Buffer.from("\r\n");
/** Servers write the name of the header either way. */
const LENGTHS = ["Content-Length: ", "content-length: "].map((name) => Buffer.from(name));
const OK = "HTTP/1.1 200";

/** The bytes of a request. */
export function httpRequest(method, path, headers, body = "") {
  const lines = Object.entries({
    Host: "127.0.0.1",
    ...headers,
    "Content-Length": Buffer.byteLength(body),
  });
  const head = lines.map(([name, value]) => `${name}: ${value}`).join("\r\n");
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n\r\n${body}`);
}

/** A keep-alive connection that sends one request at a time. */
export class Connection {
  #socket;
  #buffer = null;
  #waiting = null;

  static open(port) {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new Connection(socket));
      });
    });
  }

  constructor(socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", (cause) => this.#fail(cause));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  /** @param done called with an error, or with null and a view of the complete answer */
  send(bytes, done) {
    this.#waiting = done;
    this.#socket.write(bytes);
  }

  ask(bytes) {
    return new Promise((resolve, reject) =>
      this.send(bytes, (failure, answer) => (failure ? reject(failure) : resolve(Buffer.from(answer)))),
    );
  }

  close() {
    this.#waiting = null;
    this.#socket.destroy();
  }

  #take(chunk) {
    const buffer = this.#buffer === null ? chunk : Buffer.concat([this.#buffer, chunk]);
    const end = answerEnd(buffer);
    if (end < 0) {
      this.#buffer = buffer;
      return;
    }
    this.#buffer = null;
    const done = this.#waiting;
    this.#waiting = null;
    if (end !== buffer.length) done?.(new Error("more bytes than one answer"));
    else if (buffer.latin1Slice(0, OK.length) !== OK) done?.(new Error(buffer.toString("utf8", 0, 500)));
    else done?.(null, buffer);
  }

  #fail(cause) {
    const done = this.#waiting;
    this.#waiting = null;
    done?.(cause);
  }
}

/** The end of the answer at the start of the buffer; -1 while it is incomplete. */
function answerEnd(buffer) {
  const headEnd = buffer.indexOf(HEAD_END);
  if (headEnd < 0) return -1;
  const body = headEnd + HEAD_END.length;
  const length = lengthIn(buffer, headEnd);
  if (length >= 0) return buffer.length >= body + length ? body + length : -1;
  for (let at = body; ; ) {
    const lineEnd = buffer.indexOf(CRLF, at);
    if (lineEnd < 0) return -1;
    const size = Number.parseInt(buffer.latin1Slice(at, lineEnd), 16);
    at = lineEnd + 2 + size + 2;
    if (at > buffer.length) return -1;
    if (size === 0) return at;
  }
}

/** The value of Content-Length; -1 without one. */
function lengthIn(buffer, headEnd) {
  for (const name of LENGTHS) {
    const at = buffer.indexOf(name);
    if (at >= 0 && at < headEnd) {
      return Number.parseInt(buffer.latin1Slice(at + name.length, headEnd), 10);
    }
  }
  return -1;
}

/** The body of an answer, with its chunks joined. */
export function bodyOf(answer) {
  const start = answer.indexOf(HEAD_END) + HEAD_END.length;
  if (lengthIn(answer, start) >= 0) return answer.toString("utf8", start);
  let body = "";
  for (let at = start; ; ) {
    const lineEnd = answer.indexOf(CRLF, at);
    const size = Number.parseInt(answer.latin1Slice(at, lineEnd), 16);
    if (size === 0) return body;
    body += answer.toString("utf8", lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
}

/** Requests per second that `connections` keep-alive connections complete in `milliseconds`. */
export async function throughput(port, bytes, connections, milliseconds) {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)));
  let answered = 0;
  let stopped = false;
  const started = performance.now();
  await new Promise((resolve, reject) => {
    let running = connections;
    const next = (connection) =>
      connection.send(bytes, (failure) => {
        if (failure) return reject(failure);
        if (!stopped) {
          answered++;
          return next(connection);
        }
        if (--running === 0) resolve();
      });
    setTimeout(() => {
      stopped = true;
    }, milliseconds);
    open.forEach(next);
  });
  const elapsed = performance.now() - started;
  for (const connection of open) connection.close();
  return { perSecond: (answered * 1000) / elapsed, answered };
}
