import * as z from "zod";
import { seedSchema } from "./seed.js";

/** The JSON Schema of seed files, for editors; shipped as `gateway-emulator/seed.schema.json`. */
export function seedJsonSchema(): unknown {
  const schema = z.toJSONSchema(seedSchema, { io: "input", unrepresentable: "any" });
  // Keys of the file's own, for anchors; a start ignores them.
  return { ...schema, patternProperties: { "^x-": {} } };
}
