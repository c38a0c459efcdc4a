import * as z from "zod";
import { completionRuleSchema } from "../schemas/completions.js";
import { faultRuleSchema } from "../schemas/faults.js";
import { checked } from "../schemas/problems.js";
import type { Services } from "../services/services.js";

/** A rule that was added, and how to take it away again. */
export interface Added {
  readonly id: string;
}

/** What the models say, from a test. */
export interface CompletionsApi {
  /** One rule or several, as in a seed; they come before those that are there. @throws GatewayError */
  add(rules: CompletionRuleInput | readonly CompletionRuleInput[]): Promise<readonly Added[]>;
  /** Takes every rule away; a reset brings the seed's back. */
  clear(): Promise<void>;
}

/** Misbehaviour on purpose, from a test. */
export interface FaultsApi {
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

export function completionsFace({ completions }: Services): CompletionsApi {
  return {
    add: async (rules) =>
      completions.add(listOf(completionRuleSchema, rules), true).map(({ id }) => ({ id })),
    clear: async () => completions.clear(),
  };
}

export function faultsFace({ faults }: Services): FaultsApi {
  return {
    add: async (rules) => faults.add(listOf(faultRuleSchema, rules)).map(({ id }) => ({ id })),
    remove: async (id) => faults.remove(id),
    clear: async () => faults.clear(),
  };
}

/** One rule or a list of them. @throws GatewayError `validation`, naming the place, in a list with its number */
function listOf<S extends z.ZodType>(schema: S, given: z.input<S> | readonly z.input<S>[]): z.output<S>[] {
  return Array.isArray(given) ? checked(z.array(schema), given) : [checked(schema, given)];
}
