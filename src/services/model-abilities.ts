import type { ChatRequest } from "../domain/chat.js";
import type { ModelAbilities, Settings } from "../domain/settings.js";

/** What the model of a slug supports. */
export function abilitiesOf({ abilities }: Settings, slug: string): ModelAbilities {
  return abilities[slug] ?? abilities.default;
}

/** The model server's recorded message when a request needs what its model does not support (I-4.2c), or null. */
export function abilityProblem(request: ChatRequest, abilities: ModelAbilities): string | null {
  if (abilities.images === "refuse") {
    if (hasPart(request, "image_url")) return "image_url is not supported";
    // The recorded message that names audio (Y-52).
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
