/** The entry point of a worker thread: generates one value for each message. */

import { parentPort } from "node:worker_threads";
import { createRandom } from "../runtime/random.js";
import { generateValid } from "./valid.js";

/** What a worker is asked. Each is answered with a `GeneratedJson`, in order. */
export interface GenerationJob {
  /** JSON text, because the sender copies a text much faster than what it stands for. */
  readonly schema: string;
  /** The seed text of the random sequence. */
  readonly seed: string;
  readonly maxMilliseconds: number;
}

parentPort?.on("message", ({ schema, seed, maxMilliseconds }: GenerationJob) => {
  parentPort?.postMessage(generateValid(JSON.parse(schema), createRandom(seed), { maxMilliseconds }));
});
