import type { MiddlewareHandler } from "hono";
import type * as z from "zod";

/** A schema that is only loaded for the description. */
type LazySchema = () => z.ZodType | Promise<z.ZodType>;

/** The description of a route, without method and path. */
export interface Operation {
  readonly summary: string;
  readonly tag:
    | "endpoints"
    | "groups"
    | "keys"
    | "workspace"
    | "inference"
    | "dedicated"
    | "cloudflare"
    | "emulator";
  readonly body?: LazySchema;
  /** true when absent. */
  readonly bodyRequired?: boolean;
  /** Names of query parameters. */
  readonly query?: readonly string[];
  readonly answer?: LazySchema;
  /** Status of a successful answer; 200 when absent. */
  readonly status?: number;
  readonly errors: readonly number[];
}

const OPERATION = Symbol("operation");

/** Middleware that describes its route. It does nothing to a request. */
export function describe(operation: Operation): MiddlewareHandler {
  const passOn: MiddlewareHandler = (_, next) => next();
  return Object.assign(passOn, { [OPERATION]: operation });
}

/** The operation of a handler made by {@link describe}, or null. */
export function operationOf(handler: object): Operation | null {
  return OPERATION in handler ? (handler[OPERATION] as Operation) : null;
}
