/** Prediction rules: which rule answers a request to a dedicated deployment, and its reply. */

import { type PatternCompiler, scalarText, type TextMatch } from "./completion/text-match.js";
import type { Deployment } from "./deployments.js";
import {
  allOf,
  type Compiled,
  type CompiledMatch,
  type Condition,
  type ScriptedRule,
  textCondition,
} from "./scripted.js";

/** What rules match. `route` is the path after the environment, such as `/predict` or `/items/123`. */
export interface PredictionSubject {
  readonly deployment: Deployment;
  readonly route: string;
  readonly method: string;
  /** Name and prefix of the key. */
  readonly key: readonly string[];
  /** The body as text; "" when it is binary. */
  readonly text: string;
  /** The parsed JSON body; undefined when it is not JSON. */
  readonly input: unknown;
  /** A request header, by its lower-case name. */
  header(name: string): string | undefined;
}

/** All given keys must match; `{}` matches every prediction. */
export interface PredictionMatch {
  /** Id or name of the model. */
  readonly model?: TextMatch | undefined;
  /** Id or name of the chain. */
  readonly chain?: TextMatch | undefined;
  readonly environment?: TextMatch | undefined;
  readonly deployment?: TextMatch | undefined;
  /** Default: `/predict` and `/run_remote`. */
  readonly route?: TextMatch | undefined;
  readonly method?: TextMatch | undefined;
  readonly key?: TextMatch | undefined;
  /** The whole body as text. */
  readonly text?: TextMatch | undefined;
  /** All named fields of a JSON body must match; paths such as `input.prompt` or `texts.0`. */
  readonly body?: Readonly<Record<string, TextMatch>> | undefined;
  readonly headers?: Readonly<Record<string, TextMatch>> | undefined;
}

/** Kinds of failures: of the model's code, of the platform in front of it, of a deployment that is not ready. */
export const PREDICTION_ERRORS = ["model", "unavailable", "not_ready", "timeout", "rate_limited"] as const;
export type PredictionError = (typeof PREDICTION_ERRORS)[number];

/** The answer of a deployment. At most one of `json`, `text`, `chunks`, `base64` and `error`; none: echoes the input. */
export interface PredictionReply {
  readonly json?: unknown;
  readonly text?: string | undefined;
  /** Pieces of a text, sent one by one. */
  readonly chunks?: readonly string[] | undefined;
  /** Pause between two pieces, milliseconds. */
  readonly chunk_delay_ms?: number | undefined;
  readonly base64?: string | undefined;
  readonly error?: PredictionError | undefined;
  readonly content_type?: string | undefined;
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Wait before the first byte, milliseconds. */
  readonly delay_ms?: number | undefined;
}

export interface PredictionRule extends ScriptedRule<PredictionReply> {
  readonly match: PredictionMatch;
}

export function compilePrediction(
  rule: PredictionRule,
  used: number,
  compile: PatternCompiler,
): Compiled<PredictionRule, PredictionSubject> {
  return { rule, used, match: compileMatch(rule.match, compile) };
}

function compileMatch(match: PredictionMatch, compile: PatternCompiler): CompiledMatch<PredictionSubject> {
  return allOf<PredictionSubject>([
    textCondition(compile, "model", match.model, (subject) => ownerNames(subject, "model")),
    textCondition(compile, "chain", match.chain, (subject) => ownerNames(subject, "chain")),
    textCondition(compile, "environment", match.environment, ({ deployment }) => deployment.environment),
    textCondition(compile, "deployment", match.deployment, ({ deployment }) => deployment.id),
    textCondition(compile, "method", match.method, ({ method }) => method),
    textCondition(compile, "key", match.key, ({ key }) => key),
    textCondition(compile, "text", match.text, ({ text }) => text),
    textCondition(compile, "route", match.route, ({ route }) => route) ?? PREDICT_ROUTE,
    ...Object.entries(match.body ?? {}).map(([path, wanted]) =>
      textCondition<PredictionSubject>(compile, `body ${path}`, wanted, ({ input }) => scalarAt(input, path)),
    ),
    ...Object.entries(match.headers ?? {}).map(([name, wanted]) =>
      textCondition<PredictionSubject>(compile, `header ${name}`, wanted, (subject) =>
        subject.header(name.toLowerCase()),
      ),
    ),
  ]);
}

/** The routes that call the model's code; others call a server inside the deployment (I-5.3e). */
const PREDICT_ROUTE: Condition<PredictionSubject> = {
  description: "route /predict or /run_remote",
  matches: ({ route }) => route === "/predict" || route === "/run_remote",
};

function ownerNames({ deployment }: PredictionSubject, kind: Deployment["kind"]): string[] {
  if (deployment.kind !== kind) return [];
  return deployment.ownerName === null ? [deployment.ownerId] : [deployment.ownerId, deployment.ownerName];
}

/** The text of a string, number or boolean at a path; undefined for anything else. */
function scalarAt(value: unknown, path: string): string | undefined {
  let current = value;
  for (const step of path.split(".")) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, step)) return undefined;
    current = Reflect.get(current, step);
  }
  return scalarText(current);
}
