import * as fc from "fast-check";
import { parseJson } from "../../src/domain/parse-json.js";
import type { WireRequest } from "./wire.js";

/** Changes one thing of a request. */
export type Mutation = (request: WireRequest) => WireRequest;

function method(): fc.Arbitrary<Mutation> {
  const names = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
  return fc.constantFrom(...names).map((name) => (request) => ({ ...request, method: name }));
}

/** Printable, and what means something in a path, a query or a header. */
const PIECES = fc.oneof(
  fc.constantFrom(
    "/",
    "//",
    "..",
    "%2e%2e",
    "%00",
    "%",
    "%zz",
    "%2F",
    ":",
    "*",
    ";",
    "__proto__",
    "constructor",
  ),
  fc.constantFrom(
    "_host",
    "_worlds",
    "_emulator",
    "v1",
    "sky_x.y",
    "api.localhost",
    "9".repeat(30),
    "-1",
    "NaN",
  ),
  fc.string({ unit: "grapheme-ascii", maxLength: 8 }).map(encodeURIComponent),
  fc.string({ unit: "grapheme", maxLength: 4 }).map(encodeURIComponent),
);

function path(): fc.Arbitrary<Mutation> {
  return fc
    .tuple(PIECES, fc.nat(), fc.constantFrom("insert", "replace", "append"))
    .map(([piece, at, how]) => (request) => {
      const parts = request.target.split("/");
      const index = 1 + (at % Math.max(1, parts.length - 1));
      if (how === "append") parts.push(piece);
      else parts.splice(index, how === "replace" ? 1 : 0, piece);
      return { ...request, target: parts.join("/") };
    });
}

function query(): fc.Arbitrary<Mutation> {
  const names = fc.constantFrom(
    "limit",
    "cursor",
    "since",
    "count",
    "path",
    "status",
    "group",
    "start",
    "name",
    "x",
  );
  return fc.tuple(names, PIECES).map(([name, value]) => (request) => {
    const separator = request.target.includes("?") ? "&" : "?";
    return { ...request, target: `${request.target}${separator}${name}=${value}` };
  });
}

const HEADERS = [
  "Authorization",
  "Content-Type",
  "Accept",
  "Accept-Encoding",
  "Content-Encoding",
  "Origin",
  "Range",
  "If-None-Match",
  "X-Forwarded-For",
  "x-emulator-usage",
  "x-emulator-fault",
  "anthropic-version",
  "cf-aig-authorization",
  "cf-aig-request-timeout",
  "cf-aig-cache-ttl",
  "x-api-key",
] as const;

function header(): fc.Arbitrary<Mutation> {
  const value = fc.oneof(
    fc.constantFrom(
      "",
      "null",
      "[]",
      "{}",
      "-1",
      "1e400",
      "10/9",
      "application/json; charset=utf-16",
      "gzip",
    ),
    fc.constantFrom(
      "Bearer ",
      "Api-Key",
      "Api-Key sky_x.y",
      "overloaded",
      "no-such-fault",
      "text/plain",
      "*/*",
    ),
    fc.string({ unit: "grapheme-ascii", maxLength: 20 }),
    fc.string({ unit: "grapheme-ascii", minLength: 2_000, maxLength: 4_000 }),
  );
  return fc.tuple(fc.constantFrom(...HEADERS), value).map(([name, text]) => (request) => ({
    ...request,
    headers: [...(request.headers ?? []), [name, text.replace(/[^\x20-\x7e]/g, "").trim()]],
  }));
}

/** A JSON value where another one stands. */
function jsonValue(): fc.Arbitrary<Mutation> {
  const value = fc.oneof(
    fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e308, "", "x", [], {}, [[]], { "": "" }, "__proto__"),
    fc.constantFrom<unknown>("2026-06-17T12:00:00Z", "sky_x.y", "\ud800", "\u0000", "99999h", { regex: "(" }),
    fc.jsonValue({ maxDepth: 3 }),
  );
  return fc
    .tuple(fc.nat(), value, fc.constantFrom("replace", "remove", "add"))
    .map(([at, changed, how]) => (request) => {
      if (request.body === undefined) return { ...request, body: JSON.stringify(changed) };
      // JSON.stringify could not write again what is nested too deep.
      const body = request.body.length < DEEP ? parseJson(request.body.toString()) : undefined;
      const places = placesIn(body);
      const place = places[at % Math.max(1, places.length)];
      if (!place) return { ...request, body: JSON.stringify(changed) };
      const [owner, key] = place;
      if (how === "remove") delete owner[key];
      else owner[how === "add" ? `${key}x` : key] = changed;
      return { ...request, body: JSON.stringify(body) };
    });
}

/** Every place of a value, down to ten levels, that holds another one. */
function placesIn(value: unknown, levels = 10): (readonly [owner: Record<string, unknown>, key: string])[] {
  if (typeof value !== "object" || value === null || levels === 0) return [];
  const owner = value as Record<string, unknown>;
  return Object.keys(owner).flatMap((key) => [[owner, key] as const, ...placesIn(owner[key], levels - 1)]);
}

const DEEP = 20_000;

/** Bytes that need be neither JSON nor UTF-8. */
function bodyBytes(): fc.Arbitrary<Mutation> {
  return fc
    .tuple(
      fc.nat(),
      fc.uint8Array({ maxLength: 8 }),
      fc.constantFrom("insert", "cut", "overwrite", "repeat", "nest"),
    )
    .map(([at, bytes, how]) => (request) => {
      const body = Buffer.from(request.body ?? "");
      const start = at % (body.length + 1);
      const [before, after] = [body.subarray(0, start), body.subarray(start)];
      switch (how) {
        case "insert":
          return { ...request, body: Buffer.concat([before, bytes, after]) };
        case "overwrite":
          return { ...request, body: Buffer.concat([before, bytes, after.subarray(bytes.length)]) };
        case "cut":
          return { ...request, body: before };
        case "repeat":
          return { ...request, body: Buffer.concat([body, body]) };
        case "nest":
          return { ...request, body: `${"[".repeat(DEEP)}${body}${"]".repeat(DEEP)}` };
      }
    });
}

/** Between one and four changes. */
export const MUTATIONS: fc.Arbitrary<Mutation[]> = fc.array(
  fc.oneof(method(), path(), query(), header(), jsonValue(), bodyBytes()),
  { minLength: 1, maxLength: 4 },
);
