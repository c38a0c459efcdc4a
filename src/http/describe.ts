import { type Answer, json } from "./answer.js";
import type { Call } from "./routes.js";

/** The description of the emulated APIs, loaded when somebody asks: its schemas are half of all that there are. */
export async function describe({ emulator }: Call): Promise<Answer> {
  const { openApi } = await import("../schemas/openapi.js");
  return json(200, openApi(emulator.version));
}
