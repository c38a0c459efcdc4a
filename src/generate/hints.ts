/** Guesses the content of a property from its name. */

import type { Random } from "../runtime/random.js";
import { formatText, table, word } from "./formats.js";
import { pick } from "./generation.js";
import {
  CITIES,
  COLORS,
  COMPANIES,
  COUNTRIES,
  FIRST_NAMES,
  JOBS,
  LAST_NAMES,
  SENTENCES,
  STREETS,
  TITLES,
} from "./words.js";

/** The usual range of numbers with some name. */
export interface NumberHint {
  readonly low: number;
  readonly high: number;
  readonly decimals: number;
}

type Maker = (random: Random) => string;

const ANY_LENGTH = { minLength: 0, maxLength: Number.POSITIVE_INFINITY };

const from =
  (list: readonly string[]): Maker =>
  (random) =>
    pick(random, list) ?? "";
const formatted =
  (format: string): Maker =>
  (random) =>
    formatText(format, random, ANY_LENGTH) ?? "";
const fullName: Maker = (random) => `${from(FIRST_NAMES)(random)} ${from(LAST_NAMES)(random)}`;
const street: Maker = (random) => `${1 + random.int(199)} ${from(STREETS)(random)}`;

/** By name, in lower case with spaces between words. The longest listed ending of a property name decides. */
const TEXTS = table<Maker>({
  "first name|given name|nickname": from(FIRST_NAMES),
  "last name|family name|surname": from(LAST_NAMES),
  "name|full name|person|author|attendee|participant|assignee|owner|customer|contact|sender|recipient|user|speaker|host":
    fullName,
  "user name|username|login|handle": (random) => fullName(random).toLowerCase().replace(" ", "_"),
  "email|mail|email address": formatted("email"),
  "phone|phone number|telephone|mobile|fax": (random) => `+1 555 01${10 + random.int(90)}`,
  "city|town|location|place|destination|origin": from(CITIES),
  "country|nation|nationality": from(COUNTRIES),
  "country code": from(["BR", "CA", "DE", "FR", "IN", "JP", "NO", "PT", "US"]),
  "state|region|province": from(["Bavaria", "California", "Ontario", "Queensland", "Tuscany"]),
  "street|street address|address line|line1": street,
  address: (random) => `${street(random)}, ${from(CITIES)(random)}`,
  "zip|zip code|postal code|postcode": (random) => String(10_000 + random.int(90_000)),
  "company|organization|organisation|employer|brand|vendor|company name": from(COMPANIES),
  "job|job title|role|occupation|profession": from(JOBS),
  "title|headline|subject|heading|event|topic": from(TITLES),
  "description|summary|content|text|body|message|comment|note|explanation|reason|reasoning|answer|question|review|abstract|thought|step|output|details|rationale|bio":
    from(SENTENCES),
  "date|day|birthday|birth date|deadline|due": formatted("date"),
  "time|start time|end time": (random) => formatted("time")(random).slice(0, 5),
  "timestamp|created at|updated at|datetime|date time": formatted("date-time"),
  "timezone|time zone": from(["America/New_York", "Asia/Tokyo", "Europe/Lisbon", "UTC"]),
  "url|uri|link|href|website|homepage|image|avatar|thumbnail": formatted("uri"),
  "host|hostname|domain": formatted("hostname"),
  "ip|ip address": formatted("ipv4"),
  "id|identifier|key|reference|code|sku": (random) => `${word(random)}-${1000 + random.int(9000)}`,
  "uuid|guid": formatted("uuid"),
  "color|colour": from(COLORS),
  "currency|currency code": from(["CAD", "EUR", "GBP", "JPY", "USD"]),
  "language|locale|lang": from(["de", "en", "es", "fr", "ja", "pt"]),
  gender: from(["female", "male", "other"]),
  status: from(["active", "done", "open", "pending"]),
  "category|type|kind|genre": from(["book", "food", "music", "news", "sport", "travel"]),
  "priority|severity|level": from(["high", "low", "medium"]),
  sentiment: from(["negative", "neutral", "positive"]),
  version: (random) => `${1 + random.int(4)}.${random.int(10)}.${random.int(10)}`,
  "file|filename|file name": (random) => `${word(random)}.${from(["csv", "md", "pdf", "txt"])(random)}`,
  path: (random) => `/${word(random)}/${word(random)}`,
  "query|search": (random) => `${word(random)} ${word(random)}`,
  unit: from(["g", "kg", "km", "m", "pieces"]),
});

const NUMBERS = table<NumberHint>({
  age: { low: 18, high: 80, decimals: 0 },
  year: { low: 1990, high: 2026, decimals: 0 },
  month: { low: 1, high: 12, decimals: 0 },
  day: { low: 1, high: 28, decimals: 0 },
  "hour|hours": { low: 0, high: 23, decimals: 0 },
  "minute|minutes|duration": { low: 5, high: 55, decimals: 0 },
  "price|cost|amount|total|subtotal|fee|balance": { low: 5, high: 500, decimals: 2 },
  "quantity|qty|count|rank|position|index|servings": { low: 1, high: 12, decimals: 0 },
  "rating|stars": { low: 1, high: 5, decimals: 1 },
  "confidence|probability|score|likelihood|similarity": { low: 0, high: 1, decimals: 2 },
  "percent|percentage|progress": { low: 0, high: 100, decimals: 0 },
  "latitude|lat": { low: -60, high: 60, decimals: 4 },
  "longitude|lng|lon": { low: -180, high: 180, decimals: 4 },
  "temperature|temp": { low: -5, high: 35, decimals: 1 },
  "id|identifier|number": { low: 1000, high: 9999, decimals: 0 },
  population: { low: 10_000, high: 9_000_000, decimals: 0 },
  "timestamp|created|updated": { low: 1_735_689_600, high: 1_798_761_600, decimals: 0 },
  port: { low: 1024, high: 49_151, decimals: 0 },
});

/** A text that suits a property name; a plain word for an unknown name. */
export function hintedText(name: string | null, random: Random): string {
  const maker = name === null ? undefined : lookUp(TEXTS, name);
  return maker ? maker(random) : word(random);
}

/** The usual range for a property name; null for an unknown name. */
export function numberHint(name: string | null): NumberHint | null {
  return (name === null ? undefined : lookUp(NUMBERS, name)) ?? null;
}

/** The singular of a name: `categories` → `category`. */
export function singular(name: string): string {
  if (/(ss|us|is)$/i.test(name)) return name;
  return name
    .replace(/ies$/i, "y")
    .replace(/(s|x|ch|sh)es$/i, "$1")
    .replace(/s$/i, "");
}

/** Finds the longest listed ending of a name: for `shippingStreetAddress`, `street address`. */
function lookUp<T>(table: ReadonlyMap<string, T>, name: string): T | undefined {
  const words = name
    .slice(-60)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== "");
  for (let at = 0; at < words.length; at++) {
    const found = table.get(words.slice(at).join(" "));
    if (found !== undefined) return found;
  }
  return undefined;
}
