import type { MiddlewareHandler } from "hono";
import type * as z from "zod";

/** A schema that is loaded when somebody asks for the description: most processes never need it. */
type LazySchema = () => z.ZodType | Promise<z.ZodType>;

/** What the API description says of a route beside its method and path. */
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
  /** Of a good answer; 200 when absent. */
  readonly status?: number;
  readonly errors: readonly number[];
}

const OPERATION = Symbol("operation");

/** Describes the route that it is registered with. It does nothing to a request. */
export function describe(operation: Operation): MiddlewareHandler {
  const passOn: MiddlewareHandler = (_, next) => next();
  return Object.assign(passOn, { [OPERATION]: operation });
}

/** What {@link describe} says of the route of a handler, or null. */
export function operationOf(handler: object): Operation | null {
  return OPERATION in handler ? (handler[OPERATION] as Operation) : null;
}
