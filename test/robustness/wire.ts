import { connect, type Socket } from "node:net";
import type { GatewayEmulator } from "../../src/index.js";

/** An answer as it came off the socket. */
export interface WireAnswer {
  readonly status: number;
  /** Lower-case names; of a repeated header the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request of which every byte can be wrong. */
export interface WireRequest {
  readonly method: string;
  /** The request target as it goes on the request line. */
  readonly target: string;
  /** Name and value, in order, repeated ones included. `Host` and `Connection: close` come in front. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Replaces the usual `Host`; null sends none. */
  readonly host?: string | null;
  /** Sent with its `Content-Length`, unless `headers` brings framing of its own. */
  readonly body?: string | Buffer;
}

/** A silent connection is given up after this long, milliseconds. */
const PATIENCE_MS = 10_000;

/** What fetch would refuse to send: this one writes what it is given. */
export async function send(gateway: GatewayEmulator, request: WireRequest): Promise<WireAnswer> {
  const [answer] = parseAnswers(await exchange(gateway, encode(request)), request.method === "HEAD");
  if (!answer) throw new Error(`no answer to ${request.method} ${request.target.slice(0, 100)}`);
  return answer;
}

/** The bytes of a request; header text goes out as UTF-8. */
export function encode(request: WireRequest, connection = "close"): Buffer {
  const { method, target, headers = [], host = "127.0.0.1", body } = request;
  const bytes = Buffer.from(body ?? "");
  const framed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(host === null ? [] : [`Host: ${host}`]),
    `Connection: ${connection}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined || framed ? [] : [`Content-Length: ${bytes.length}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), bytes]);
}

/** Writes bytes and reads until the other side closes. A reset after an answer counts as a close. */
export function exchange(gateway: GatewayEmulator, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = open(gateway);
    // An answer that never comes is a finding, not a reason to wait for ever.
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error("neither answered nor closed")));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", (cause) => {
      if (chunks.length === 0) reject(cause);
    });
    socket.on("close", () => resolve(Buffer.concat(chunks)));
    socket.write(bytes);
  });
}

/** A bare connection. */
export function open(gateway: GatewayEmulator): Socket {
  return connect(gateway.port, "127.0.0.1");
}

/** Every answer of a connection, in order. @param bodiless whether they answer HEAD */
export function parseAnswers(bytes: Buffer, bodiless = false): WireAnswer[] {
  const answers: WireAnswer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const headEnd = bytes.indexOf("\r\n\r\n", at);
    if (headEnd < 0) throw new Error("an answer's header block does not end");
    const [statusLine = "", ...lines] = bytes.toString("latin1", at, headEnd).split("\r\n");
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(":")).toLowerCase(),
        line.slice(line.indexOf(":") + 1).trim(),
      ]),
    );
    at = headEnd + 4;
    const status = Number(statusLine.split(" ")[1]);
    if (status === 100) continue;
    const { body, end } = bodiless
      ? { body: Buffer.alloc(0), end: at }
      : readFramed(bytes, at, headers["transfer-encoding"], headers["content-length"]);
    answers.push({ status, headers, body: body.toString("utf8") });
    at = end;
  }
  return answers;
}

function readFramed(
  bytes: Buffer,
  start: number,
  encoding: string | undefined,
  length: string | undefined,
): { body: Buffer; end: number } {
  if (encoding !== "chunked") {
    const end = length === undefined ? bytes.length : start + Number(length);
    if (end > bytes.length) throw new Error("an answer is shorter than its Content-Length");
    return { body: bytes.subarray(start, end), end };
  }
  const parts: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    at = lineEnd + 2;
    if (size === 0) return { body: Buffer.concat(parts), end: at + 2 };
    parts.push(bytes.subarray(at, at + size));
    at += size + 2;
  }
}
