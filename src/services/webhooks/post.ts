import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

/** What a receiver answered: its status and the first characters of its body. */
export interface PostAnswer {
  readonly status: number;
  readonly start: string;
}

/** Most characters of an answer that are kept. */
const ANSWER_CHARS = 500;

/**
 * One POST, one connection, no redirects (W-6).
 * @throws what the network says, or the signal's reason
 */
export function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<PostAnswer> {
  const send = url.startsWith("https:") ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: "POST",
      headers: { ...headers, "Content-Length": Buffer.byteLength(body), Connection: "close" },
      agent: false,
      signal,
    });
    request.on("error", reject);
    request.on("response", (response) => {
      let start = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        if (start.length < ANSWER_CHARS) start += text.slice(0, ANSWER_CHARS - start.length);
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, start }));
    });
    request.end(body);
  });
}
