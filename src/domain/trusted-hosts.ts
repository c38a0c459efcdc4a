/**
 * Which `Host` headers and `Origin` headers the emulator trusts. A web page can make a browser send requests to any
 * address, and a domain of its own can resolve to 127.0.0.1 (DNS rebinding). Both headers then name the page's side.
 */

const DOT = 0x2e;
const COLON = 0x3a;
const DIGIT_ZERO = 0x30;
const DIGIT_NINE = 0x39;
const OPEN_BRACKET = 0x5b;

/** An IPv6 address as it stands in a URL, with an optional zone and port. */
const IPV6 = /^\[[0-9a-f:.]+(?:%[\w.%-]+)?\](?::\d*)?$/i;

/** Names that containers and virtual machines have for the machine that runs them. `.internal` is never a public name. */
const MACHINE_NAMES: readonly string[] = ["host.docker.internal", "host.containers.internal"];

/**
 * Domains whose hosts the emulator stands for, with everything below them. Only their owners can make names in them;
 * `api.*` of any other domain may belong to anyone (Y-60).
 */
const EMULATED_DOMAINS: readonly string[] = ["baseten.co", "gateway.ai.cloudflare.com"];

/**
 * Whether a `Host` header is one that no web page can choose: an address, a loopback name, a name without a dot, an
 * emulated host, or an allowed one (Y-60).
 * @param host may carry a port; empty when the client sent none, which no browser does
 * @param allowed host names in lower case; one that begins with a dot stands for every name below it
 */
export function isTrustedHost(host: string, allowed: readonly string[]): boolean {
  return isIpv4(host) || isTrustedName(host, allowed);
}

/**
 * Digits and dots up to the end or the port. Browsers take no such text for a name. This comes first, and without a
 * regular expression, because most requests have such a host.
 */
function isIpv4(host: string): boolean {
  for (let at = 0; at < host.length; at++) {
    const code = host.charCodeAt(at);
    if (code === COLON) return at > 0;
    if (code !== DOT && (code < DIGIT_ZERO || code > DIGIT_NINE)) return false;
  }
  return true;
}

function isTrustedName(host: string, allowed: readonly string[]): boolean {
  if (host.charCodeAt(0) === OPEN_BRACKET) return IPV6.test(host);
  const port = host.indexOf(":");
  const written = (port < 0 ? host : host.slice(0, port)).toLowerCase();
  // Such as the name of a compose service. With a dot at its end it would be a public top-level domain.
  if (!written.includes(".")) return true;
  const name = written.endsWith(".") ? written.slice(0, -1) : written;
  return (
    isIn(name, "localhost") ||
    MACHINE_NAMES.includes(name) ||
    EMULATED_DOMAINS.some((domain) => isIn(name, domain)) ||
    allowed.some((one) => (one.startsWith(".") ? name.endsWith(one) : name === one))
  );
}

function isIn(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`);
}

/** Whether only this machine can reach what listens on a host: a loopback address or name. */
export function isLoopbackHost(host: string): boolean {
  const { hostname } = canonical(host);
  return hostname === "[::1]" || isIn(hostname, "localhost") || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * The host of a URL that reaches what listens on `host`. Every address of the machine (`0.0.0.0`, `::`) is none that
 * one can connect to everywhere, so it becomes the loopback address.
 */
export function hostInUrl(host: string): string {
  const { hostname } = canonical(host);
  if (hostname === "0.0.0.0" || hostname === "") return "127.0.0.1";
  return hostname === "[::]" ? "[::1]" : hostname;
}

/** A host to listen on, as a URL spells it: `0` is `0.0.0.0`, `::0` is `[::]`. */
function canonical(host: string): { readonly hostname: string } {
  const written = host.includes(":") ? `[${host}]` : host;
  const url = `http://${written}`;
  return URL.canParse(url) ? new URL(url) : { hostname: written };
}

/**
 * Whether an `Origin` header names the host that the request came to. Behind a proxy that ends TLS, it is `https`.
 * @param host the `Host` header
 */
export function isOwnOrigin(origin: string, host: string): boolean {
  const own = host.toLowerCase();
  const given = origin.toLowerCase();
  return given === `http://${own}` || given === `https://${own}`;
}

/** A host name as {@link isTrustedHost} takes it: in lower case, without a port. @returns null when it is none */
export function parseAllowedHost(text: string): string | null {
  const [, name] = /^(\.?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?(?::\d{1,5})?$/.exec(text.toLowerCase()) ?? [];
  return name ?? null;
}

/**
 * An origin as browsers send it. `null` and `*` are none: any page can have the origin `null`.
 * @returns null when it is none
 */
export function parseOrigin(text: string): string | null {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\/[^/?#@*\s]+\/?$/i.exec(text) ?? [];
  if (scheme === undefined || !URL.canParse(text)) return null;
  // A URL knows no origin of other schemes, such as those of extensions and of desktop apps.
  const known = /^https?$/i.test(scheme);
  return known ? new URL(text).origin : text.replace(/\/$/, "").toLowerCase();
}
