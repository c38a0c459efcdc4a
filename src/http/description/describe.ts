import type { MiddlewareHandler } from "hono";
import type * as z from "zod";

/** What the description says of a route, besides method and path, when it is not the usual. */
export interface Details<Answers> {
  readonly body?: z.ZodType;
  /** true when absent. */
  readonly bodyRequired?: boolean;
  /** Names of query parameters. */
  readonly query?: readonly string[];
  /** The name of the answer's schema. */
  readonly answer?: keyof Answers;
  /** Status of a successful answer; 200 when absent. */
  readonly status?: number;
  /** Statuses of errors; the usual ones of the API when absent. */
  readonly errors?: readonly number[];
}

/** What the routes of one part of an API have in common. */
export interface Common<Answers> {
  readonly tag: string;
  /** The usual errors of a route. */
  errorsOf(path: string, details: Details<Answers>): readonly number[];
  /** Loads the schemas of answers, which nothing but the description needs. */
  answers?(): Promise<Answers>;
}

/** The description of a route. */
export interface Operation extends Omit<Details<object>, "answer" | "errors"> {
  readonly summary: string;
  readonly tag: string;
  errorsAt(path: string): readonly number[];
  answerSchema(): Promise<z.ZodType | undefined>;
}

const OPERATION = Symbol("operation");

/** Makes `describe` for routes: middleware that describes its route, and does nothing to a request. */
export function describing<Answers extends object>({ tag, errorsOf, answers }: Common<Answers>) {
  return (summary: string, details: Details<Answers> = {}): MiddlewareHandler => {
    const { answer, errors } = details;
    const operation: Operation = {
      ...details,
      summary,
      tag,
      errorsAt: (path) => errors ?? errorsOf(path, details),
      answerSchema: async () => (answer ? ((await answers?.())?.[answer] as z.ZodType) : undefined),
    };
    const passOn: MiddlewareHandler = (_, next) => next();
    return Object.assign(passOn, { [OPERATION]: operation });
  };
}

/** The operation of a handler made by {@link describing}, or null. */
export function operationOf(handler: object): Operation | null {
  return OPERATION in handler ? (handler[OPERATION] as Operation) : null;
}
