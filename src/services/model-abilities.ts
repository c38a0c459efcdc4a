import type { ChatRequest } from "../domain/chat.js";
import type { ModelAbilities, Settings } from "../domain/settings.js";

/** What the model of a slug can do. */
export function abilitiesOf({ abilities }: Settings, slug: string): ModelAbilities {
  return abilities[slug] ?? abilities.default;
}

/** What a model server says to what its model cannot do, in its own words (inference §4.2); null when it can. */
export function abilityProblem(request: ChatRequest, abilities: ModelAbilities): string | null {
  if (abilities.images === "refuse" && request.messages.some(hasImage)) return "image_url is not supported";
  if (abilities.logprobs === "refused" && request.logprobs) return "returning log probs is not supported";
  return null;
}

function hasImage({ content }: ChatRequest["messages"][number]): boolean {
  return typeof content === "object" && content !== null && content.some((part) => part.type === "image_url");
}
