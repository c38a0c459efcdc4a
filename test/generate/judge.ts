import { type Schema, Validator } from "@cfworker/json-schema";

/**
 * What a validator that shares no code with the emulator says about a value: no complaints for a valid one.
 * It does not know OpenAPI's `nullable`, so that is put into its words first.
 */
export function complaints(schema: unknown, value: unknown, draft: "7" | "2020-12" = "2020-12"): string[] {
  const validator = new Validator(asSchema(inPlainWords(schema)), draft, false);
  return validator
    .validate(value)
    .errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

function asSchema(value: unknown): Schema | boolean {
  if (typeof value === "boolean") return value;
  if (isRecord(value)) return value;
  throw new TypeError("not a schema");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function inPlainWords(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(inPlainWords);
  if (!isRecord(schema)) return schema;
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === "const" || key === "enum" ? value : inPlainWords(value),
    ]),
  );
  if (copy.nullable === true && typeof copy.type === "string") copy.type = [copy.type, "null"];
  return copy;
}
