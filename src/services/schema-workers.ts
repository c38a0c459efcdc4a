import { Worker } from "node:worker_threads";
import { isCheap } from "../generate/cheap.js";
import type { GeneratedJson } from "../generate/valid.js";
import type { GenerationJob } from "../generate/worker.js";
import { createRandom, type Random } from "../runtime/random.js";

/** Threads at most. A second one, so that a slow schema does not hold up the next. */
const MAX_WORKERS = 2;
/** Memory of a thread, megabytes. A usual schema needs a few, and the thread itself some twenty. */
const DEFAULT_MEMORY_MB = 128;

/** A job, and who waits for it. */
interface WaitingJob {
  readonly job: GenerationJob;
  readonly resolve: (generated: GeneratedJson) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Generates values for JSON Schemas without holding up anyone else, for all worlds of an emulator: schemas from
 * requests can take any time and memory, so threads with limits of both work on them. The threads start when first
 * needed, and keep no process alive while they have nothing to do.
 */
export class SchemaWorkers {
  /** Each thread with its job; null: it has none. */
  readonly #workers = new Map<Worker, WaitingJob | null>();
  readonly #queue: WaitingJob[] = [];
  readonly #memoryMb: number;
  #closed = false;

  /** @param memoryMb memory of each thread, megabytes */
  constructor(memoryMb: number = DEFAULT_MEMORY_MB) {
    this.#memoryMb = memoryMb;
  }

  /**
   * A value for an untrusted schema, or the reason why there is none. Every call advances `random` by the same amount.
   * @param budgetMs milliseconds that the work on it may take
   */
  async generate(schema: unknown, random: Random, budgetMs: number): Promise<GeneratedJson> {
    const seed = random.hex(32);
    if (isCheap(schema)) {
      // Asking a thread would take longer. A schema that has no value is for it: it knows why.
      const { generateJson } = await import("../generate/json-schema.js");
      try {
        return { ok: true, value: generateJson(schema, createRandom(seed)) };
      } catch {}
    }
    const text = jsonText(schema);
    if (text === null) return TOO_DEEP;
    const { WORKER_URL } = await import("../generate/worker-url.js");
    return new Promise((resolve, reject) => {
      this.#queue.push({ job: { schema: text, seed, maxMilliseconds: budgetMs }, resolve, reject });
      this.#work(WORKER_URL);
    });
  }

  /** Ends the threads. Who still waits is told so. */
  close(): void {
    this.#closed = true;
    for (const worker of this.#workers.keys()) void worker.terminate();
    for (const { resolve } of this.#queue.splice(0)) resolve(STOPPED);
  }

  /** Gives the next jobs to threads that have none. */
  #work(url: URL): void {
    while (this.#queue.length > 0 && !this.#closed) {
      const worker = this.#idle() ?? (this.#workers.size < MAX_WORKERS ? this.#start(url) : null);
      const waiting = worker && this.#queue.shift();
      if (!waiting) return;
      worker.postMessage(waiting.job);
      worker.ref();
      this.#workers.set(worker, waiting);
    }
  }

  #idle(): Worker | null {
    for (const [worker, waiting] of this.#workers) if (waiting === null) return worker;
    return null;
  }

  #start(url: URL): Worker {
    // The options and the environment of the process are for its own code, not for ours.
    const worker = new Worker(url, {
      name: "gateway-emulator schemas",
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: this.#memoryMb },
    });
    this.#workers.set(worker, null);
    worker.unref();
    worker.on("message", (generated: GeneratedJson) => {
      this.#workers.get(worker)?.resolve(generated);
      this.#workers.set(worker, null);
      worker.unref();
      this.#work(url);
    });
    worker.on("error", (error: NodeJS.ErrnoException) => {
      const waiting = this.#workers.get(worker);
      if (error.code === "ERR_WORKER_OUT_OF_MEMORY") waiting?.resolve(tooLarge(this.#memoryMb));
      else waiting?.reject(error);
    });
    worker.on("exit", () => {
      this.#workers.get(worker)?.resolve(STOPPED);
      this.#workers.delete(worker);
      this.#work(url);
    });
    return worker;
  }
}

/** null: nested deeper than the stack allows. */
function jsonText(schema: unknown): string | null {
  try {
    return JSON.stringify(schema);
  } catch {
    return null;
  }
}

const STOPPED: GeneratedJson = { ok: false, reason: "the emulator was stopped" };
const TOO_DEEP: GeneratedJson = { ok: false, reason: "the schema cannot be used: it is nested too deeply" };

function tooLarge(memoryMb: number): GeneratedJson {
  return { ok: false, reason: `the schema cannot be used: it took more than ${memoryMb} MB of memory` };
}
