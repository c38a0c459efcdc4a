import { setImmediate } from "node:timers/promises";
import type { GatewayEmulator } from "../../src/index.js";
import { CHAT, FEDERATED_KEY, HELLO } from "../support/chat.js";
import { type Answered, call, management } from "../support/client.js";

/** What the model said. */
export function contentOf({ body }: Answered): string {
  return body.choices[0].message.content;
}

/** Turns of the event loop until `check` gives something: for what another side has yet to notice. */
export async function until<T>(check: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const found = await check();
    if (found) return found;
    await setImmediate();
  }
}

/** Until the rules were used so many times in all: the requests are admitted, and wait for the clock if they do. */
export async function untilUsed(gateway: GatewayEmulator, uses: number): Promise<void> {
  await until(async () => {
    const { body } = await call(gateway, "GET", "/_emulator/completions", { key: null });
    return body.items.reduce((sum: number, { used }: { used: number }) => sum + used, 0) >= uses;
  });
}

/** A streamed answer, read event by event. */
export interface OpenStream {
  readonly response: Response;
  /** Data of the next event, null when the stream ended; rejects when the connection broke. */
  next(): Promise<string | null>;
  /** Text of the next content delta. */
  text(): Promise<string>;
  /** Data of all events that are left. */
  rest(): Promise<string[]>;
  hangUp(): void;
}

/** Asks for a stream; resolves with its first byte. */
export async function openStream(
  gateway: GatewayEmulator,
  fields: object = {},
  headers: Record<string, string> = {},
): Promise<OpenStream> {
  const abort = new AbortController();
  const response = await fetch(gateway.url + CHAT, {
    method: "POST",
    headers: {
      Authorization: `Api-Key ${FEDERATED_KEY}`,
      "Content-Type": "application/json",
      ...headers,
    },
    body: JSON.stringify({ ...HELLO, stream: true, ...fields }),
    signal: abort.signal,
  });
  const events = eventsOf(response);
  const next = async () => {
    const event = await events.next();
    return event.done ? null : event.value;
  };
  return {
    response,
    next,
    async text() {
      const event = await next();
      return event === null ? "" : JSON.parse(event).choices[0].delta.content;
    },
    async rest() {
      const rest: string[] = [];
      for await (const event of events) rest.push(event);
      return rest;
    },
    hangUp: () => abort.abort(),
  };
}

async function* eventsOf(response: Response): AsyncGenerator<string> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  let buffered = "";
  for await (const bytes of response.body) {
    buffered += decoder.decode(bytes, { stream: true });
    const events = buffered.split("\n\n");
    buffered = events.pop() ?? "";
    for (const event of events) yield event.replace(/^data: /, "");
  }
}

/** What `GET usage` says of group `org` for `acme/llama`, by type: whatever has a limit. */
export async function usedToday(gateway: GatewayEmulator): Promise<Record<string, number | null>> {
  const api = management(gateway);
  const found = await api.get("/groups?external_entity_id=org");
  const { body } = await api.get(`/groups/${found.body.items[0].id}/usage`);
  return Object.fromEntries(
    body.usage[HELLO.model].map(({ type, current_usage }: { type: string; current_usage: number | null }) => [
      type,
      current_usage,
    ]),
  );
}

/** Usage limits that are never reached, so that `GET usage` counts. */
export const COUNTED = {
  usage_limits: ["REQUEST", "TOKEN"].map((type) => ({ type, unit: "DAY", threshold: 1_000_000 })),
};
