import type { Server } from "node:net";

/** A server that cannot listen; `code` is the system's error code. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly code: string;

  constructor(cause: NodeJS.ErrnoException, port: number, host: string) {
    const code = cause.code ?? "";
    super(`Cannot listen on ${host}:${port}: ${reasonOf(code, cause.message)}`, { cause });
    this.code = code;
  }
}

/**
 * Starts listening.
 * @param port 0: any free port
 * @returns the port
 * @throws ListenError that says what to change
 */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void => reject(new ListenError(cause, port, host));
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

function reasonOf(code: string, message: string): string {
  switch (code) {
    case "EADDRINUSE":
      return "the port is in use. Stop the other server, or use port 0 for a free one.";
    case "EACCES":
      return "this user may not use that port. Use one above 1023, or 0 for a free one.";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "the host is not an address of this machine. The default is 127.0.0.1.";
    default:
      return message;
  }
}
