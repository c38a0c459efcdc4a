import { methodsWithCallerStack } from "./faces-at-caller.js";
import type { Added, CompletionsApi, FaultsApi } from "./faces-rules.js";
import { type ControlClient, ControlError } from "./remote-control-client.js";

/** What the models of a world elsewhere say. @throws ControlError from every member */
export function completionsAt(client: ControlClient): CompletionsApi {
  return methodsWithCallerStack<CompletionsApi>({
    add: (rules) => addTo(client, "completions", rules),
    async clear() {
      await client.delete("completions");
    },
  });
}

/** The faults of a world elsewhere. @throws ControlError from every member */
export function faultsAt(client: ControlClient): FaultsApi {
  return methodsWithCallerStack<FaultsApi>({
    add: (faults) => addTo(client, "faults", faults),
    async remove(id) {
      try {
        await client.delete(`faults/${encodeURIComponent(id)}`);
        return true;
      } catch (cause) {
        if (cause instanceof ControlError && cause.status === 404) return false;
        throw cause;
      }
    },
    async clear() {
      await client.delete("faults");
    },
  });
}

/** Answers in kind: one for one, a list for a list. */
async function addTo(client: ControlClient, path: string, rules: unknown): Promise<readonly Added[]> {
  const answer = await client.post<Added | { readonly items: readonly Added[] }>(path, rules);
  return ("items" in answer ? answer.items : [answer]).map(({ id }) => ({ id }));
}
