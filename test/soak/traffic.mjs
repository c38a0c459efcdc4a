import { pause } from "./emulator.mjs";

export const SLUG = "acme/llama";
export const KEY = "sky_soaksoak0001.local-secret";
const WORKSPACE_KEY = "emulator.local-development-key";
const TARGET = { provider: "BASETEN", model_id: "3kZ9xqd" };
/** A fifth of the deliveries fails at first. */
export const FAILING = 0.2;

/** @param receiver URL of the webhook receiver */
export function seed(receiver) {
  const limits = [{ type: "REQUEST", unit: "MINUTE", threshold: 1_000_000 }];
  return {
    settings: { management_rate_limit: false, stream: { tokens_per_second: 200 } },
    workspaces: [
      {
        name: "acme",
        webhook: { url: receiver, secrets: ["whsec_soak"] },
        models: [{ id: TARGET.model_id }],
        endpoints: [{ slug: SLUG, targets: [TARGET] }],
        groups: [
          {
            external_entity_id: "org",
            limit_enforcement: "CASCADING",
            models: [{ slug: SLUG, rate_limits: limits }],
            groups: [
              { external_entity_id: "team", models: [{ slug: SLUG }], keys: [{ name: "soak", key: KEY }] },
            ],
          },
        ],
      },
    ],
  };
}

/** What the emulator acknowledged, and so must never lose. */
export class Acknowledged {
  /** Ids of billed requests. */
  requests = new Set();
  /** Ids of groups. */
  groups = new Set();

  copy() {
    const copy = new Acknowledged();
    copy.requests = new Set(this.requests);
    copy.groups = new Set(this.groups);
    return copy;
  }
}

/** Sends requests until it is told to stop, and goes on after the emulator was killed. */
export class Traffic {
  acknowledged = new Acknowledged();
  counts = {};
  /** Answers that nobody may give, such as a 500. */
  failures = [];
  #emulator;
  #random;
  #running = true;
  #number = 0;

  /** @param random a function that gives numbers from 0 to 1 */
  constructor(emulator, random) {
    this.#emulator = emulator;
    this.#random = random;
  }

  async run(workers) {
    const worker = async () => {
      while (this.#running) {
        const [name, action] = this.#choose();
        // The process was killed, or is frozen for a copy.
        const done = await action().catch(() => false);
        if (done) this.counts[name] = (this.counts[name] ?? 0) + 1;
        await pause(done ? 20 : 100);
      }
    };
    await Promise.all(Array.from({ length: workers }, worker));
  }

  stop() {
    this.#running = false;
  }

  #choose() {
    const actions = [
      [60, "chats", () => this.#chat(this.#emulator.url)],
      [15, "streams", () => this.#stream()],
      [5, "streams left early", () => this.#leaveStream()],
      [14, "groups and keys made", () => this.#makeGroup()],
      [4, "groups deleted", () => this.#deleteGroup()],
      [1, "clock moves", () => this.#moveClock()],
      [1, "forks", () => this.#fork()],
    ];
    let at = this.#random() * actions.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, ...action] of actions) {
      at -= weight;
      if (at < 0) return action;
    }
    return actions[0].slice(1);
  }

  async #chat(url, options = {}) {
    const words = 1 + Math.floor(this.#random() * 40);
    const body = {
      model: SLUG,
      messages: [{ role: "user", content: "word ".repeat(words) }],
      stream: options.stream ?? false,
    };
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { Authorization: `Api-Key ${KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: options.signal,
    });
    if (response.status !== 200) this.failures.push(`chat: ${response.status}`);
    if (options.leave) return response;
    const text = await response.text();
    if (options.stream && !text.endsWith("data: [DONE]\n\n")) return false;
    if (url === this.#emulator.url && response.status === 200) {
      this.acknowledged.requests.add(response.headers.get("x-baseten-request-id"));
    }
    return true;
  }

  #stream() {
    return this.#chat(this.#emulator.url, { stream: true });
  }

  async #leaveStream() {
    const leaving = new AbortController();
    const { body } = await this.#chat(this.#emulator.url, {
      stream: true,
      leave: true,
      signal: leaving.signal,
    });
    await body.getReader().read();
    leaving.abort();
    return true;
  }

  async #manage(method, path, body) {
    const response = await fetch(`${this.#emulator.url}/v1/gateway${path}`, {
      method,
      headers: { Authorization: `Api-Key ${WORKSPACE_KEY}`, "Content-Type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (response.status !== 200) this.failures.push(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  async #makeGroup() {
    const external_entity_id = `soak-${process.pid}-${this.#number++}`;
    const models = [{ slug: SLUG, rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 5 }] }];
    const { id } = await this.#manage("POST", "/groups", {
      metadata: { external_entity_id },
      models,
      hierarchy: {},
    });
    this.acknowledged.groups.add(id);
    await this.#manage("POST", `/groups/${id}/api_keys`, { name: external_entity_id });
    return true;
  }

  async #deleteGroup() {
    const [id] = this.acknowledged.groups;
    if (id === undefined) return false;
    // Nobody knows whether a delete was made that a kill broke off.
    this.acknowledged.groups.delete(id);
    await this.#manage("DELETE", `/groups/${id}`);
    return true;
  }

  async #moveClock() {
    const gateway = await this.#emulator.connect();
    await gateway.clock.advance("1s");
    return true;
  }

  async #fork() {
    const gateway = await this.#emulator.connect();
    const name = `fork-${this.#number++}`;
    const { url } = await gateway.world(name, { from: "default" });
    await this.#chat(url);
    await gateway.removeWorld(name);
    return true;
  }
}
