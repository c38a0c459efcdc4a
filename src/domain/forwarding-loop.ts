/**
 * Loops of rules that forward: to this emulator itself, or through another one. The header is `CDN-Loop` (RFC 8586): each
 * hop adds its name, and servers in between leave it alone.
 */

/** The emulator's name in `CDN-Loop`. */
const HOP = "gateway-emulator";

/** How often one request may be forwarded. More is a loop. */
export const MAX_FORWARDS = 5;

/**
 * The `CDN-Loop` header of a forwarded request.
 * @param received that of the client's request
 * @returns null when the request was already forwarded {@link MAX_FORWARDS} times
 */
export function loopHeader(received: string | undefined): string | null {
  const hops = received === undefined ? [] : received.split(",");
  // A hop may have parameters behind a semicolon.
  const ours = hops.filter((hop) => hop.split(";", 1)[0]?.trim() === HOP);
  if (ours.length >= MAX_FORWARDS) return null;
  return [...hops.map((hop) => hop.trim()).filter((hop) => hop !== ""), HOP].join(", ");
}
