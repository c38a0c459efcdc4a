import { type ClientRequest, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressGuard } from "./address-guard.js";

export interface PostAnswer {
  readonly status: number;
  /** At most `maxBytes` of it. */
  readonly body: Buffer;
  /** Whether there was more. */
  readonly truncated: boolean;
}

export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the request. */
  readonly signal: AbortSignal;
  /** How much of the answer is read. Then the connection is closed. */
  readonly maxBytes: number;
  /** Which hosts may be called; null: all. */
  readonly guard: AddressGuard | null;
}

/**
 * One POST on a new connection, without redirects (W-6, Y-76).
 * @throws the network's error, an address that may not be called (Y-77), or the signal's reason
 */
export function post(
  url: string,
  { headers, body, signal, maxBytes, guard }: PostOptions,
): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    const lookup = guard?.resolverFor(url);
    const send = url.startsWith("https:") ? httpsRequest : httpRequest;
    const request: ClientRequest = send(url, {
      method: "POST",
      headers: {
        ...headers,
        "Accept-Encoding": "identity",
        "Content-Length": Buffer.byteLength(body),
        Connection: "close",
      },
      agent: false,
      signal,
      ...(lookup ? { lookup } : {}),
    });
    request.on("error", (error) => reject(firstOf(error)));
    request.on("response", (response) => {
      const { statusCode: status = 0 } = response;
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.byteLength;
        chunks.push(chunk);
        if (bytes <= maxBytes) return;
        resolve({ status, body: Buffer.concat(chunks).subarray(0, maxBytes), truncated: true });
        request.destroy();
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status, body: Buffer.concat(chunks), truncated: false }));
    });
    request.end(body);
  });
}

/** A host name with several addresses fails once for each of them, without a message of its own. */
function firstOf(error: Error): Error {
  return error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
}
