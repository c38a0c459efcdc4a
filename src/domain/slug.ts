/** Slugs: `{org_prefix}/{name}`, both URL-safe (E-2). */
const SLUG = /^([A-Za-z0-9._~-]+)\/[A-Za-z0-9._~-]+$/;

/** Describes a valid slug, for messages. */
export const SLUG_FORM =
  "expected {org_prefix}/{name}, each of letters, digits, '.', '_', '~' or '-', with one slash";

/** Maximum length; the documents name none. */
export const MAX_SLUG_LENGTH = 512;

export function isSlug(text: string): boolean {
  return text.length <= MAX_SLUG_LENGTH && SLUG.test(text);
}

/** The part before the slash. */
export function orgPrefixOf(slug: string): string {
  return slug.slice(0, slug.indexOf("/"));
}

/** Whether an organization with these prefixes owns the slug (E-3). Without prefixes it owns all. */
export function ownsSlug(orgPrefixes: readonly string[], slug: string): boolean {
  return orgPrefixes.length === 0 || orgPrefixes.includes(orgPrefixOf(slug));
}
