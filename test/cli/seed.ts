import { QUICKSTART } from "../support/client.js";

/** One endpoint, one group, one key, in real time. */
export const SEED = JSON.stringify({ workspaces: QUICKSTART.workspaces });
export const KEY = "sky_acmeprod0001.local-secret";
export const DEVELOPMENT_KEY = "emulator.local-development-key";

/** One chat request; answers its status. */
export async function chat(url: string, key: string = KEY): Promise<number> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { Authorization: `Api-Key ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ model: "acme/llama", messages: [{ role: "user", content: "Hello" }] }),
  });
  await response.text();
  return response.status;
}

/** The management API; answers the body. */
export async function manage(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers as their users do, without types
): Promise<any> {
  const answer = await fetch(`${url}/v1/gateway${path}`, {
    method,
    headers: { Authorization: `Api-Key ${DEVELOPMENT_KEY}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.json();
}
