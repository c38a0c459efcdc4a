import type { ChatRequest } from "../domain/chat.js";
import type { ModelAbilities, Settings } from "../domain/settings.js";

/** What the model of a slug can do. */
export function abilitiesOf({ abilities }: Settings, slug: string): ModelAbilities {
  return abilities[slug] ?? abilities.default;
}

/** What a model server says to what its model cannot do, in its own words (inference §4.2); null when it can. */
export function abilityProblem(request: ChatRequest, abilities: ModelAbilities): string | null {
  if (abilities.images === "refuse") {
    if (hasPart(request, "image_url")) return "image_url is not supported";
    // A model of text alone hears no more than it sees; this message is the one that names audio.
    if (hasPart(request, "input_audio")) {
      return "This model does not support multimodal (image/video/audio) inputs.";
    }
  }
  if (abilities.logprobs === "refused" && request.logprobs) return "returning log probs is not supported";
  return null;
}

function hasPart({ messages }: ChatRequest, type: "image_url" | "input_audio"): boolean {
  return messages.some(
    ({ content }) =>
      typeof content === "object" && content !== null && content.some((part) => part.type === type),
  );
}
