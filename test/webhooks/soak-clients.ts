import { createRandom } from "../../src/runtime/random.js";
import { CHAT } from "../support/chat.js";

/** An answer that arrived whole. */
export interface Acknowledged {
  /** Number of the request, also in its metadata. */
  readonly n: number;
  readonly tokens: { readonly inputTokens: number; readonly outputTokens: number };
}

/** Clients of an emulator that goes away and comes back: whole answers, streams, and streams left at random. */
export class SoakClients {
  readonly acknowledged: Acknowledged[] = [];
  aborted = 0;
  cutOff = 0;
  readonly #requests: number;
  readonly #keys: readonly string[];
  readonly #random = createRandom("soak");
  #next = 0;
  #url: Promise<string> = Promise.resolve("");
  #back: (url: string) => void = () => {};
  #progress: (() => void)[] = [];

  constructor(requests: number, keys: readonly string[]) {
    this.#requests = requests;
    this.#keys = keys;
  }

  /** A number in [0, 1). */
  chance(): number {
    return this.#random.float();
  }

  summary(): string {
    return (
      `${this.#next} requests, ${this.acknowledged.length} acknowledged, ${this.aborted} left by the client, ` +
      `${this.cutOff} cut off by a kill`
    );
  }

  /** So many clients, until all requests were made. */
  async run(clients: number, url: string): Promise<void> {
    this.#url = Promise.resolve(url);
    await Promise.all(Array.from({ length: clients }, () => this.#client()));
  }

  /** Resolves when so many requests were begun. */
  async reached(count: number): Promise<void> {
    while (this.#next < count) await new Promise<void>((resolve) => this.#progress.push(resolve));
  }

  /** Who comes now waits for {@link resume}. */
  pause(): void {
    this.#url = new Promise((resolve) => {
      this.#back = resolve;
    });
  }

  resume(url: string): void {
    this.#back(url);
  }

  async #client(): Promise<void> {
    while (this.#next < this.#requests) {
      const n = this.#next++;
      for (const tell of this.#progress.splice(0)) tell();
      await this.#ask(await this.#url, n);
    }
  }

  async #ask(url: string, n: number): Promise<void> {
    const kind = this.chance();
    const leaving = new AbortController();
    try {
      const { body } = await fetch(url + CHAT, {
        method: "POST",
        signal: leaving.signal,
        headers: {
          Authorization: `Api-Key ${this.#keys[n % this.#keys.length]}`,
          "Content-Type": "application/json",
        },
        body: JSON.stringify({
          model: "acme/llama",
          messages: [{ role: "user", content: "word ".repeat(1 + Math.floor(this.chance() * 30)) }],
          metadata: { n, pace: kind < 0.7 ? "fast" : "slow" },
          ...(kind < 0.4 ? {} : { stream: true }),
        }),
      });
      const usage = kind < 0.85 ? usageOf(await read(body)) : await this.#leave(body, leaving);
      if (usage) this.acknowledged.push({ n, tokens: usage });
    } catch {
      if (leaving.signal.aborted) this.aborted++;
      else this.cutOff++;
    }
  }

  /** Reads some chunks, then hangs up. */
  async #leave(body: ReadableStream<Uint8Array> | null, leaving: AbortController): Promise<null> {
    const reader = body?.getReader();
    for (let chunks = Math.floor(this.chance() * 6); chunks > 0; chunks--) {
      if ((await reader?.read())?.done) break;
    }
    leaving.abort();
    throw new Error("left");
  }
}

async function read(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const text = await new Response(body).text();
  if (text.startsWith("data: ") && !text.endsWith("data: [DONE]\n\n")) throw new Error("cut off");
  return text;
}

/** What the answer says it costs; a stream's last usage is in its last chunk but one. */
function usageOf(text: string): Acknowledged["tokens"] {
  const json = text.startsWith("data: ") ? (text.split("\n\n").at(-3)?.slice("data: ".length) ?? "") : text;
  const { usage } = JSON.parse(json);
  return { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens };
}
