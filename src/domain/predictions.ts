/** Prediction rules: which rule answers a request to a dedicated deployment, and its reply. */

import { describeTextMatch, scalarText, type TextMatch, textTest } from "./completion/text-match.js";
import type { Deployment } from "./deployments.js";
import type { Compiled, ScriptedRule } from "./scripted.js";

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

/** A compiled rule. */
type CompiledPrediction = Compiled<PredictionRule, PredictionSubject>;

/** Whether the route calls the model's code; other routes call a server inside the deployment (I-5.3e). */
function isPredictRoute(route: string): boolean {
  return route === "/predict" || route === "/run_remote";
}

interface Condition {
  readonly description: string;
  readonly matches: (subject: PredictionSubject) => boolean;
}

/** @throws SyntaxError for patterns that `checkPattern` rejects */
export function compilePrediction(rule: PredictionRule, used = 0): CompiledPrediction {
  const conditions = conditionsOf(rule.match);
  return {
    rule,
    used,
    match: {
      matches: (subject) => conditions.every(({ matches }) => matches(subject)),
      misses: (subject) =>
        conditions.filter(({ matches }) => !matches(subject)).map(({ description }) => description),
    },
  };
}

function conditionsOf(match: PredictionMatch): Condition[] {
  const conditions: Condition[] = [];
  const text = (
    name: string,
    wanted: TextMatch | undefined,
    valuesOf: (subject: PredictionSubject) => readonly string[],
  ): void => {
    if (wanted === undefined) return;
    const test = textTest(wanted);
    const description = `${name} ${describeTextMatch(wanted)}`;
    conditions.push({ description, matches: (subject) => valuesOf(subject).some(test) });
  };
  text("model", match.model, (subject) => ownerNames(subject, "model"));
  text("chain", match.chain, (subject) => ownerNames(subject, "chain"));
  text("environment", match.environment, ({ deployment: { environment } }) => listOf(environment));
  text("deployment", match.deployment, ({ deployment }) => [deployment.id]);
  text("method", match.method, ({ method }) => [method]);
  text("key", match.key, ({ key }) => key);
  text("text", match.text, (subject) => [subject.text]);
  text("route", match.route, ({ route }) => [route]);
  if (match.route === undefined)
    conditions.push({
      description: "route /predict or /run_remote",
      matches: ({ route }) => isPredictRoute(route),
    });
  for (const [path, wanted] of Object.entries(match.body ?? {}))
    text(`body ${path}`, wanted, ({ input }) => listOf(scalarAt(input, path)));
  for (const [name, wanted] of Object.entries(match.headers ?? {}))
    text(`header ${name}`, wanted, (subject) => listOf(subject.header(name.toLowerCase())));
  return conditions;
}

function listOf(text: string | null | undefined): readonly string[] {
  return text === null || text === undefined ? [] : [text];
}

function ownerNames({ deployment }: PredictionSubject, kind: Deployment["kind"]): readonly string[] {
  return deployment.kind === kind ? [deployment.ownerId, ...listOf(deployment.ownerName)] : [];
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
