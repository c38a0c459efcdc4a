/** Canned predictions: which rule speaks for a request to a dedicated deployment, and what it says. */

import { describeTextMatch, type TextMatch, textTest } from "./completion/text-match.js";
import type { Deployment } from "./deployments.js";
import type { Compiled, ScriptedRule } from "./scripted.js";

/** What rules look at. `route` is the path behind the environment, such as `/predict` or `/items/123`. */
export interface PredictionSubject {
  readonly deployment: Deployment;
  readonly route: string;
  readonly method: string;
  /** Name and prefix of the key. */
  readonly key: readonly string[];
  /** The body as text; "" when it is not text. */
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
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
  /** Without it a rule speaks for `/predict` and `/run_remote` only. */
  readonly route?: TextMatch | undefined;
  readonly method?: TextMatch | undefined;
  readonly key?: TextMatch | undefined;
  /** The whole body as text. */
  readonly text?: TextMatch | undefined;
  /** Every named field of a JSON body matches; dots lead inside, as in `input.prompt` or `texts.0`. */
  readonly body?: Readonly<Record<string, TextMatch>> | undefined;
  readonly headers?: Readonly<Record<string, TextMatch>> | undefined;
}

/** Where a failure is put: the model's own code, the platform in front of it, or the deployment not being up. */
export const PREDICTION_ERRORS = ["model", "unavailable", "not_ready", "timeout", "rate_limited"] as const;
export type PredictionError = (typeof PREDICTION_ERRORS)[number];

/** What a deployment answers. At most one of `json`, `text`, `chunks`, `base64` and `error`; none echoes the input. */
export interface PredictionReply {
  readonly json?: unknown;
  readonly text?: string | undefined;
  /** Pieces of a text, sent one by one. */
  readonly chunks?: readonly string[] | undefined;
  /** Between two pieces, milliseconds. */
  readonly chunk_delay_ms?: number | undefined;
  readonly base64?: string | undefined;
  readonly error?: PredictionError | undefined;
  readonly content_type?: string | undefined;
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Before the first byte, milliseconds. */
  readonly delay_ms?: number | undefined;
}

export interface PredictionRule extends ScriptedRule<PredictionReply> {
  readonly match: PredictionMatch;
}

/** A rule ready for requests. */
export type CompiledPrediction = Compiled<PredictionRule, PredictionSubject>;

/** Routes of a model's own code; the others belong to a server inside it. */
export function isPredictRoute(route: string): boolean {
  return route === "/predict" || route === "/run_remote";
}

interface Test {
  readonly wish: string;
  readonly fits: (subject: PredictionSubject) => boolean;
}

/** @throws SyntaxError for a pattern that `checkPattern` reports; check before */
export function compilePrediction(rule: PredictionRule, used = 0): CompiledPrediction {
  const tests = testsOf(rule.match);
  return {
    rule,
    used,
    match: {
      matches: (subject) => tests.every(({ fits }) => fits(subject)),
      misses: (subject) => tests.filter(({ fits }) => !fits(subject)).map(({ wish }) => wish),
    },
  };
}

function testsOf(match: PredictionMatch): Test[] {
  const tests: Test[] = [];
  const text = (
    name: string,
    wanted: TextMatch | undefined,
    of: (subject: PredictionSubject) => readonly string[],
  ): void => {
    if (wanted === undefined) return;
    const fits = textTest(wanted);
    tests.push({ wish: `${name} ${describeTextMatch(wanted)}`, fits: (subject) => of(subject).some(fits) });
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
    tests.push({ wish: "route /predict or /run_remote", fits: ({ route }) => isPredictRoute(route) });
  for (const [path, wanted] of Object.entries(match.body ?? {}))
    text(`body ${path}`, wanted, ({ input }) => listOf(scalarAt(input, path)));
  for (const [name, wanted] of Object.entries(match.headers ?? {}))
    text(`header ${name}`, wanted, (subject) => listOf(subject.header(name.toLowerCase())));
  return tests;
}

function listOf(text: string | null | undefined): readonly string[] {
  return text === null || text === undefined ? [] : [text];
}

function ownerNames({ deployment }: PredictionSubject, kind: Deployment["kind"]): readonly string[] {
  return deployment.kind === kind ? [deployment.ownerId, ...listOf(deployment.ownerName)] : [];
}

/** Numbers and booleans match by their text. */
function scalarAt(value: unknown, path: string): string | undefined {
  let at = value;
  for (const step of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = Reflect.get(at, step);
  }
  if (typeof at === "string") return at;
  return typeof at === "number" || typeof at === "boolean" ? String(at) : undefined;
}
