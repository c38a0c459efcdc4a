import { isoTime } from "../domain/iso-time.js";
import { DAY_MS } from "../domain/limits/time.js";
import type { Random } from "../runtime/random.js";
import { pick } from "./generation.js";
import { FIRST_NAMES, LAST_NAMES, WORDS } from "./words.js";

/** Allowed lengths, in characters. */
interface Lengths {
  readonly minLength: number;
  readonly maxLength: number;
}

/** Dates are in 2025 and 2026. */
const FIRST_DAY = Date.UTC(2025, 0, 1);
const DAYS = 730;

type Maker = (random: Random, lengths: Lengths) => string;

export const word = (random: Random): string => pick(random, WORDS) ?? "word";
const person = (random: Random): string =>
  `${pick(random, FIRST_NAMES) ?? "Ada"}.${pick(random, LAST_NAMES) ?? "King"}`.toLowerCase();
const two = (value: number): string => String(value).padStart(2, "0");

function date(random: Random): string {
  return isoTime(FIRST_DAY + random.int(DAYS) * DAY_MS).slice(0, 10);
}

/** A time in working hours, on a quarter of an hour. */
function time(random: Random): string {
  return `${two(8 + random.int(11))}:${two(15 * random.int(4))}:00`;
}

function hostname(random: Random): string {
  return `${word(random)}.example.com`;
}

/** A URL, with its path padded to the minimum length. */
function uri(random: Random, { minLength, maxLength }: Lengths): string {
  const base = `https://example.com/${word(random)}/${word(random)}`;
  if (base.length <= maxLength) return base.padEnd(minLength, "s");
  return "http://a.co".length <= maxLength ? "http://a.co".padEnd(minLength, "s") : "a:b";
}

function email(random: Random, { minLength, maxLength }: Lengths): string {
  const usual = `${person(random)}@example.com`;
  if (usual.length > maxLength) {
    return maxLength < 11 ? "a@b.co" : `${word(random).slice(0, maxLength - 7)}@ab.com`;
  }
  if (usual.length >= minLength) return usual;
  // An address allows 64 characters before the @ and 63 between two dots.
  const local = "a".repeat(Math.min(64, minLength - "@example.com".length));
  const missing = minLength - `${local}@example.com`.length;
  return missing <= 0 ? `${local}@example.com` : `${local}@${"b".repeat(Math.min(63, missing))}.example.com`;
}

function ipv6(random: Random): string {
  return `2001:db8:${Array.from({ length: 6 }, () => random.hex(4).replace(/^0+(?=.)/, "")).join(":")}`;
}

function base64(random: Random, { minLength }: Lengths): string {
  const groups = Math.max(4, Math.ceil(minLength / 4));
  return Array.from({ length: groups }, () => random.alphanumeric(4)).join("");
}

const MAKERS = table<Maker>({
  "date-time|iso-date-time": (random) => `${date(random)}T${time(random)}Z`,
  date,
  "time|iso-time": (random) => `${time(random)}Z`,
  duration: (random) => `PT${1 + random.int(8)}H${15 * (1 + random.int(3))}M`,
  "email|idn-email": email,
  "hostname|idn-hostname": hostname,
  ipv4: (random) => `192.0.2.${1 + random.int(254)}`,
  ipv6,
  "uri|url|iri|uri-reference|iri-reference": uri,
  "uri-template": (random) => `https://example.com/${word(random)}/{id}`,
  "uuid|guid": (random) => random.uuid(),
  "json-pointer": (random) => `/${word(random)}/${random.int(10)}`,
  "json-pointer-uri-fragment": (random) => `#/${word(random)}/${random.int(10)}`,
  "relative-json-pointer": (random) => `${random.int(3)}/${word(random)}`,
  regex: (random) => `^${word(random)}[0-9]+$`,
  "byte|base64|base64url": base64,
  ulid: (random) => `01${random.hex(24).toUpperCase()}`,
  cuid: (random) => `c${random.hex(24)}`,
  cuid2: (random) => `c${random.hex(23)}`,
  nanoid: (random) => random.alphanumeric(21),
});

/** A map from rows that list their names with a bar between them. */
export function table<T>(rows: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(
    Object.entries(rows).flatMap(([names, value]) => names.split("|").map((name) => [name, value])),
  );
}

/**
 * Generates a text of a `format` (of JSON Schema, OpenAPI or zod), of an allowed length if the format permits it.
 * Returns null for no format, for an unknown one, and for one that any text satisfies, such as `password`.
 */
export function formatText(format: string | null, random: Random, lengths: Lengths): string | null {
  return MAKERS.get(format ?? "")?.(random, lengths) ?? null;
}
