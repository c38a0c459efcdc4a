import type * as z from "zod";
import type { completionRuleSchema } from "../schemas/completions.js";
import type { faultRuleSchema } from "../schemas/faults.js";
import { ControlError } from "./connection.js";
import type { ControlApi } from "./control-api.js";

/** An added rule; its id removes it again. */
export interface Added {
  readonly id: string;
}

/** What the models say, from a test. */
export interface CompletionsApi {
  /** Adds one rule or several, as in a seed, before the existing ones. @throws ControlError */
  add(rules: CompletionRuleInput | readonly CompletionRuleInput[]): Promise<readonly Added[]>;
  /** Removes every rule; a reset brings the seed's back. */
  clear(): Promise<void>;
}

/** Faults on purpose, from a test. */
export interface FaultsApi {
  /** Adds one fault or several, as in a seed. @throws ControlError */
  add(faults: FaultRuleInput | readonly FaultRuleInput[]): Promise<readonly Added[]>;
  /** @returns false when there is no such fault */
  remove(id: string): Promise<boolean>;
  /** Removes every fault; a reset brings the seed's back. */
  clear(): Promise<void>;
}

/** A completion rule as it is written in a seed. */
export type CompletionRuleInput = z.input<typeof completionRuleSchema>;
/** A fault as it is written in a seed. */
export type FaultRuleInput = z.input<typeof faultRuleSchema>;

/** `completions` of a world. @throws ControlError from every member */
export function completionsApi(control: ControlApi): CompletionsApi {
  return {
    add: (rules) => addTo(control, "completions", rules),
    clear: () => control.delete("completions"),
  };
}

/** `faults` of a world. @throws ControlError from every member */
export function faultsApi(control: ControlApi): FaultsApi {
  return {
    add: (faults) => addTo(control, "faults", faults),
    async remove(id) {
      try {
        await control.delete(`faults/${encodeURIComponent(id)}`);
        return true;
      } catch (cause) {
        if (cause instanceof ControlError && cause.status === 404) return false;
        throw cause;
      }
    },
    clear: () => control.delete("faults"),
  };
}

/** The control API returns one rule for one, and a list for a list. */
async function addTo(control: ControlApi, path: string, rules: unknown): Promise<readonly Added[]> {
  const added = await control.post<Added | { readonly items: readonly Added[] }>(path, rules);
  return ("items" in added ? added.items : [added]).map(({ id }) => ({ id }));
}
