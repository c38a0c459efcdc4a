/** What an `Authorization` header holds. */
export type Credential =
  | { readonly kind: "absent" }
  /** A known scheme without a key. */
  | { readonly kind: "empty" }
  /** Neither `Api-Key` nor `Bearer`. */
  | { readonly kind: "malformed" }
  | { readonly kind: "key"; readonly scheme: "api-key" | "bearer"; readonly key: string };

/** Reads an `Authorization` header. The scheme is case-insensitive. */
export function readAuthorization(header: string | undefined): Credential {
  if (header === undefined) return { kind: "absent" };
  const text = header.trim();
  const space = text.indexOf(" ");
  const scheme = (space < 0 ? text : text.slice(0, space)).toLowerCase();
  if (scheme !== "api-key" && scheme !== "bearer") return { kind: text === "" ? "absent" : "malformed" };
  const key = space < 0 ? "" : text.slice(space + 1).trim();
  if (key === "") return { kind: "empty" };
  return { kind: "key", scheme, key };
}
