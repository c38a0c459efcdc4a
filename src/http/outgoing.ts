import type { OutgoingHttpHeaders } from "node:http";

/**
 * What routes need of a response. Node's own is one; between a route and its client the AI Gateway puts one that
 * may keep an answer back.
 */
export interface Outgoing {
  readonly destroyed: boolean;
  readonly headersSent: boolean;
  readonly writableNeedDrain: boolean;
  /** Before {@link writeHead}. */
  setHeader(name: string, value: string): unknown;
  /** @param headers by name, or name and value in turn */
  writeHead(status: number, headers: OutgoingHttpHeaders | string[]): unknown;
  write(chunk: string | Buffer): boolean;
  end(chunk?: string | Buffer): unknown;
  end(chunk: string, encoding: BufferEncoding): unknown;
  flushHeaders(): void;
  destroy(): unknown;
  once(event: "close" | "drain", listener: () => void): unknown;
  off(event: "close" | "drain", listener: () => void): unknown;
}

/** How to write a text that has so many bytes in UTF-8: ASCII is the same in Latin-1, which Node merely copies. */
export function encodingOf(text: string, bytes: number): BufferEncoding {
  return bytes === text.length ? "latin1" : "utf8";
}
