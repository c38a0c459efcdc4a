import type * as z from "zod";
import { problemsOf } from "../config/check-seed.js";
import { invalid } from "../domain/errors.js";
import { completionRuleSchema } from "../schemas/completions.js";
import { faultRuleSchema } from "../schemas/faults.js";
import type { Services } from "../services/services.js";

/** A rule that was added, and how to take it away again. */
export interface Added {
  readonly id: string;
}

/** What the models say, from a test. */
export interface CompletionsFace {
  /** One rule or several, as in a seed; they come before those that are there. @throws GatewayError */
  add(rules: CompletionRuleInput | readonly CompletionRuleInput[]): Promise<readonly Added[]>;
  /** Takes every rule away; a reset brings the seed's back. */
  clear(): Promise<void>;
}

/** Misbehaviour on purpose, from a test. */
export interface FaultsFace {
  /** One fault or several, as in a seed. @throws GatewayError */
  add(faults: FaultRuleInput | readonly FaultRuleInput[]): Promise<readonly Added[]>;
  /** @returns whether there was one */
  remove(id: string): Promise<boolean>;
  /** Takes every fault away; a reset brings the seed's back. */
  clear(): Promise<void>;
}

/** A completion rule as it is written in a seed. */
export type CompletionRuleInput = z.input<typeof completionRuleSchema>;
/** A fault as it is written in a seed. */
export type FaultRuleInput = z.input<typeof faultRuleSchema>;

export function completionsFace({ completions }: Services): CompletionsFace {
  return {
    add: async (rules) =>
      completions.add(checked(completionRuleSchema, rules), true).map(({ id }) => ({ id })),
    clear: async () => completions.clear(),
  };
}

export function faultsFace({ faults }: Services): FaultsFace {
  return {
    add: async (rules) => faults.add(checked(faultRuleSchema, rules)).map(({ id }) => ({ id })),
    remove: async (id) => faults.remove(id),
    clear: async () => faults.clear(),
  };
}

/** @throws GatewayError `validation`, naming the place */
function checked<S extends z.ZodType>(schema: S, given: z.input<S> | readonly z.input<S>[]): z.output<S>[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.map((one, index) => {
    const parsed = schema.safeParse(one);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const [problem] = issue ? problemsOf(schema, issue) : [];
    const place = [...(list.length > 1 ? [index] : []), ...(problem?.path ?? [])].map(String).join(".");
    throw invalid(place, problem?.message ?? "not valid");
  });
}
