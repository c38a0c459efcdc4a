import { type LookupAddress, lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Addresses of this machine, of its networks, and of no host at all (RFC 6890, RFC 4193, RFC 6598). */
const INTERNAL = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
  "::/127",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
];

/** Allows every address. */
const ALL = "*";

/** Whether a text can stand in `forward_allow`: `*`, a host name, an IP address or a range such as 10.0.0.0/8. */
export function isAllowable(entry: string): boolean {
  if (entry === ALL || isIP(entry) !== 0) return true;
  const [, address = "", bits] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (bits !== undefined) return isIP(address) !== 0 && Number(bits) <= (isIP(address) === 6 ? 128 : 32);
  return /^[a-z0-9]([a-z0-9_.-]*[a-z0-9])?$/i.test(entry);
}

/**
 * Which hosts an emulator may call that other machines can reach (Y-77). Everything but internal addresses, and what its
 * owner has listed. Names are checked when they are resolved for a connection, so that a name that changes its address
 * does not get around it.
 */
export class AddressGuard {
  readonly #internal = listOf(INTERNAL);
  readonly #allowed: BlockList;
  readonly #names: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;
  readonly #allowsAll: boolean;

  /**
   * @param allowed entries of `forward_allow`; see {@link isAllowable}
   * @param urls of the seed that the emulator was started with: their hosts and ports may be called
   */
  constructor(allowed: readonly string[], urls: readonly string[]) {
    const isAddress = (entry: string): boolean => entry.includes("/") || isIP(entry) !== 0;
    this.#allowed = listOf(allowed.filter(isAddress));
    this.#names = new Set(allowed.filter((entry) => !isAddress(entry)).map((name) => name.toLowerCase()));
    this.#hosts = new Set(urls.map((url) => new URL(url).host));
    this.#allowsAll = allowed.includes(ALL);
  }

  /**
   * The resolver for a connection.
   * @returns undefined: the usual one
   * @throws Error when the URL has an address that may not be called
   */
  resolverFor(url: string): LookupFunction | undefined {
    const { host, hostname } = new URL(url);
    const name = hostname.replace(/^\[|\]$/g, "");
    if (this.#allowsAll || this.#names.has(name) || this.#hosts.has(host)) return undefined;
    if (isIP(name) === 0) return (asked, options, done) => this.#resolve(asked, options, done);
    if (!this.#permits(name)) throw refused(name);
    return undefined;
  }

  #resolve(...[name, options, done]: Parameters<LookupFunction>): void {
    lookup(name, { ...options, all: true }, (error, found: LookupAddress[] = []) => {
      const [first, ...others] = found.filter(({ address }) => this.#permits(address));
      if (error || !first) done(error ?? refused(name), []);
      else if (options.all) done(null, [first, ...others]);
      else done(null, first.address, first.family);
    });
  }

  #permits(address: string): boolean {
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    return !this.#internal.check(address, family) || this.#allowed.check(address, family);
  }
}

function listOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", bits] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function refused(host: string): Error {
  return new Error(
    `${host} is an internal address, which this emulator may not call because other machines can reach it; start it with --forward-allow ${host}`,
  );
}
