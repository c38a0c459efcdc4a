import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

interface PostAnswer {
  readonly status: number;
  /** The first characters of its body. */
  readonly body: string;
}

/** Maximum kept characters of an answer. */
const ANSWER_CHARS = 500;

/**
 * One POST on a new connection, without redirects (W-6).
 * @throws the network's error, or the signal's reason
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
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        if (text.length < ANSWER_CHARS) text += chunk.slice(0, ANSWER_CHARS - text.length);
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.end(body);
  });
}
