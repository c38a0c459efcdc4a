import { createHmac, timingSafeEqual } from "node:crypto";
import { invalid } from "../../domain/errors.js";
import type { Page, PageKey, PageRequest } from "../../services/management/pages.js";
import { integer } from "../control/query.js";
import type { AppContext } from "../env.js";
import { jsonPage } from "../respond.js";

/** Query parameters of a list (P-1). */
export const PAGE_QUERY = ["limit", "cursor"] as const;

/** Items of a page (P-1). */
const DEFAULT_LIMIT = 100;
const readLimit = integer(1, 1000);
const MAC_BYTES = 12;

/**
 * Reads `limit` and `cursor` (P-1, P-2).
 * @param list name of the list, such as `groups`; a cursor is only valid for its own list
 */
export function pageRequest(c: AppContext, list: string): PageRequest {
  const limit = c.req.query("limit");
  const cursor = c.req.query("cursor");
  return {
    limit: limit === undefined ? DEFAULT_LIMIT : readLimit(limit, "limit"),
    after: cursor === undefined ? null : openCursor(c, list, cursor),
  };
}

/** Answers one page (P-1). */
export function respondPage<T>(
  c: AppContext,
  list: string,
  page: Page<T>,
  item: (value: T) => unknown,
): Response {
  const { items, next } = page;
  return jsonPage(c, items.map(item), next === null ? null : makeCursor(c, list, next));
}

function makeCursor(c: AppContext, list: string, key: PageKey): string {
  const text = Buffer.from(JSON.stringify([key.at, key.id])).toString("base64url");
  return `${text}.${mac(c, list, text).toString("base64url")}`;
}

function openCursor(c: AppContext, list: string, cursor: string): PageKey {
  const [text = ""] = cursor.split(".", 1);
  // Compares texts, because several texts decode to the same bytes.
  const given = Buffer.from(cursor);
  const wanted = Buffer.from(`${text}.${mac(c, list, text).toString("base64url")}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw invalid("cursor", "expected a cursor from a previous page of this list");
  }
  const [at, id]: [number, string] = JSON.parse(Buffer.from(text, "base64url").toString());
  return { at, id };
}

/** Signs a cursor, so that cursors of other lists are refused (P-2). */
function mac(c: AppContext, list: string, text: string): Buffer {
  return createHmac("sha256", c.get("services").context.cursorSecret)
    .update(`${list} ${text}`)
    .digest()
    .subarray(0, MAC_BYTES);
}
