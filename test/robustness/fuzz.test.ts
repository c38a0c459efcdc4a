import { type ClientHttp2Session, connect } from "node:http2";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, type JournalEntry, startGatewayEmulator } from "../../src/index.js";
import { ROUTES } from "../support/routes.js";
import { goodRequest } from "./malformed-requests.js";
import { MUTATIONS } from "./mutations.js";
import { dump, goodChat, type Ids, SEED, subjectIds } from "./subject.js";
import { encode, exchange, parseAnswers, type WireRequest } from "./wire.js";

const REQUESTS_EACH = 2_500;
const MEGABYTE = 1024 * 1024;
/** What a run may keep: the journal's bodies are in the database, not on the heap. */
const HEAP_MAY_GROW = 32 * MEGABYTE;

/** Sends a request and returns the status; 0 when the connection ended without an answer. */
type Send = (request: WireRequest) => Promise<number>;

describe(`${2 * REQUESTS_EACH} mutated requests over all surfaces`, () => {
  test("HTTP/1.1: no error of the emulator's own, no crash, flat memory", async () => {
    await using subject = await Subject.start();
    await subject.survives(subject.http1);
  }, 300_000);

  test("HTTP/2: no error of the emulator's own, no crash, flat memory", async () => {
    await using subject = await Subject.start();
    await subject.survives(subject.http2);
  }, 300_000);
});

/** An emulator that is told everything, and keeps what it did wrong. */
class Subject implements AsyncDisposable {
  readonly #gateway: GatewayEmulator;
  readonly #ids: Ids;
  /** Entries of requests that a defect answered. */
  readonly #defects: JournalEntry[];
  #session: ClientHttp2Session | null = null;

  static async start(): Promise<Subject> {
    const defects: JournalEntry[] = [];
    const gateway = await startGatewayEmulator({
      seed: SEED,
      onRequest: (entry) => {
        if (entry.error === "internal") defects.push(entry);
      },
    });
    return new Subject(gateway, await subjectIds(gateway), defects);
  }

  private constructor(gateway: GatewayEmulator, ids: Ids, defects: JournalEntry[]) {
    this.#gateway = gateway;
    this.#ids = ids;
    this.#defects = defects;
  }

  async survives(send: Send): Promise<void> {
    const { workspaceKey } = this.#gateway;
    const material = { ids: this.#ids, workspaceKey };
    await this.#restore();
    const before = await dump(this.#gateway);
    const heap: number[] = [];
    let sent = 0;
    const property = fc.asyncProperty(fc.constantFrom(...ROUTES), MUTATIONS, async (route, mutations) => {
      const request = mutations.reduce((changed, mutate) => mutate(changed), goodRequest(route, material));
      const status = await this.#answered(send(request));
      expect(this.#defects.splice(0), described(request)).toEqual([]);
      // What was understood may have changed the state, or planted a fault for the next one.
      if (status < 400 && !READING.includes(request.method)) await this.#restore();
      // And the seed that a reset goes back to.
      if (status < 400 && request.target.includes("seed")) await this.#gateway.reseed(SEED);
      if (++sent % (REQUESTS_EACH / 5) === 0) heap.push(heapUsed());
    });
    await fc.assert(property, { numRuns: REQUESTS_EACH });
    expect(await goodChat(this.#gateway)).toBe(200);
    await this.#restore();
    expect(await dump(this.#gateway)).toEqual(before);
    // The first fifth warms up.
    expect(heap.at(-1) ?? 0).toBeLessThan((heap[0] ?? 0) + HEAP_MAY_GROW);
  }

  /** An answer may wait for the clock: a delay, a slow stream. It comes when the clock is moved. */
  async #answered(answer: Promise<number>): Promise<number> {
    let done = false;
    const settled = answer.finally(() => {
      done = true;
    });
    // It is looked at below; until then a failure is nobody's.
    settled.catch(() => {});
    for (let turns = 1; !done; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (turns % TURNS === 0) await this.#gateway.clock.advance("1h");
    }
    return settled;
  }

  async #restore(): Promise<void> {
    for (const name of await this.#gateway.worlds()) {
      if (name !== "default") await this.#gateway.removeWorld(name);
    }
    await this.#gateway.reset();
  }

  readonly http1: Send = async (request) => {
    const [answer] = parseAnswers(await exchange(this.#gateway, encode(request)), request.method === "HEAD");
    return answer?.status ?? 0;
  };

  readonly http2: Send = async ({ method, target, headers = [], body }) => {
    this.#session ??= connect(this.#gateway.url).on("error", () => {});
    const fields: Record<string, string> = {};
    for (const [name, value] of headers) fields[name.toLowerCase()] = value;
    const fieldsAndTarget = { ":method": method, ":path": target, ...fields };
    // Node's client ends a GET at once, unless it is told that a body follows.
    const stream = this.#session.request(fieldsAndTarget, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
    let status = 0;
    stream.on("response", (head) => {
      status = head[":status"] ?? 0;
    });
    stream.resume();
    return new Promise((resolve) => {
      stream.on("error", () => {});
      stream.on("close", () => {
        if (this.#session?.destroyed || this.#session?.closed) this.#session = null;
        resolve(status);
      });
    });
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session?.destroy();
    await this.#gateway.stop();
  }
}

function described({ method, target, headers, body }: WireRequest): string {
  return `${method} ${target} ${JSON.stringify(headers)} ${body?.toString().slice(0, 2_000)}`;
}

const READING: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** Turns of the event loop in which an answer comes that does not wait for the clock. */
const TURNS = 2_000;

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
