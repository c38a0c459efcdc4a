import type * as z from "zod";

/** One operation of the description. */
export interface Operation {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  readonly path: string;
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
  readonly body?: z.ZodType;
  readonly bodyRequired?: boolean;
  readonly query?: readonly string[];
  readonly answer?: z.ZodType;
  /** Of a good answer; 200 when absent. */
  readonly status?: number;
  readonly errors: readonly number[];
}
