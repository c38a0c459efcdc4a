/** The entry point of a worker thread: generates one value for each message. */

import { parentPort } from "node:worker_threads";
import { RegExpParser } from "@eslint-community/regexpp";
import { RE2JS } from "re2js";
import { linearPattern } from "../runtime/linear-pattern.js";
import { createRandom } from "../runtime/random.js";
import { TimeLimit } from "../runtime/time-limit.js";
import { compilePattern, type Pattern } from "./schema.js";
import { generateValid } from "./valid.js";
import type { Validate } from "./validator.js";
import { ValidatorCache } from "./validator-cache.js";

/** What a worker is asked. Each is answered with a `GeneratedJson`, in order. */
export interface GenerationJob {
  /** JSON text, because the sender copies a text much faster than what it stands for. */
  readonly schema: string;
  /** The seed text of the random sequence. */
  readonly seed: string;
  readonly maxMilliseconds: number;
}

// The first schema takes ten times as long as the next. This one does, so that none with a budget is the first.
const WARM_UP = {
  anyOf: [{ type: "object", properties: { a: { type: "string", format: "date", pattern: "-" } } }],
};
generateValid(WARM_UP, createRandom("warm up"), { compile });

const validators = new ValidatorCache();
const timeLimit = new TimeLimit();

parentPort?.on("message", ({ schema, seed, maxMilliseconds }: GenerationJob) => {
  const validatorOf = (make: () => Validate): Validate => validators.validatorOf(schema, make);
  const limits = { maxMilliseconds, timeLimit, compile, validatorOf };
  parentPort?.postMessage(generateValid(JSON.parse(schema), createRandom(seed), limits));
});

/** In linear time where that engine can express the pattern. */
function compile(pattern: string): Pattern {
  const fallback = compilePattern(pattern);
  const test = linearPattern(pattern, "u", { RE2JS, RegExpParser });
  return test ? { test } : fallback;
}
