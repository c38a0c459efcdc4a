import { OptionError } from "../../domain/option-error.js";
import { isLoopbackHost, parseAllowedHost, parseOrigin } from "../../domain/trusted-hosts.js";

export { hostInUrl, isLoopbackHost } from "../../domain/trusted-hosts.js";

/** Whom the guard lets in besides those that always may, as users say it. Everything is optional. */
export interface GuardOptions {
  /** Host names to accept; one that begins with a dot stands for every name below it. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Origins of pages that may call `/_emulator/` and the management API. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Origins of pages that may call the emulator from the browser and read its answers. */
  readonly cors?: readonly string[] | undefined;
  /** Asked for by `/_emulator/`. Without one, a host other than loopback gets a random one. */
  readonly controlToken?: string | undefined;
  /** `/_emulator/` asks for no token on a host other than loopback either, unless one is given. */
  readonly openControl?: boolean | undefined;
}

/** The rules of a running emulator. */
export interface GuardRules {
  /** As `isTrustedHost` takes them. */
  readonly hosts: readonly string[];
  readonly origins: ReadonlySet<string>;
  readonly corsOrigins: ReadonlySet<string>;
  /** null: `/_emulator/` is open to all whom the other rules let pass. */
  readonly controlToken: string | null;
}

/**
 * @param host where it listens; null when it does not
 * @param randomToken makes a token that nobody can guess
 * @throws OptionError
 */
export function guardRules(
  options: GuardOptions,
  host: string | null,
  randomToken: () => string,
): GuardRules {
  const { allowedHosts = [], allowedOrigins = [], cors = [], openControl = false } = options;
  const needsToken = host !== null && !isLoopbackHost(host) && !openControl;
  return {
    hosts: [
      ...(host === null ? [] : [host.toLowerCase()]),
      ...allowedHosts.map((text) => parsed("allowedHosts", text, parseAllowedHost, HOST)),
    ],
    origins: new Set(allowedOrigins.map((text) => parsed("allowedOrigins", text, parseOrigin, ORIGIN))),
    corsOrigins: new Set(cors.map((text) => parsed("cors", text, parseOrigin, ORIGIN))),
    controlToken: givenToken(options.controlToken) ?? (needsToken ? randomToken() : null),
  };
}

const HOST = "a host name such as emulator.test, or .example.test for every name below it";
const ORIGIN = "an origin such as http://localhost:5173";

function parsed(
  option: keyof GuardOptions,
  text: string,
  parse: (text: string) => string | null,
  expected: string,
): string {
  const value = parse(text);
  if (value === null) throw new OptionError(option, `expected ${expected}, got ${JSON.stringify(text)}`);
  return value;
}

/** A shorter one could be guessed. */
const MIN_TOKEN = 16;

function givenToken(token: string | undefined): string | null {
  if (token === undefined) return null;
  if (token.length >= MIN_TOKEN && /^[\x21-\x7e]+$/.test(token)) return token;
  // The token itself is a secret.
  throw new OptionError(
    "controlToken",
    `expected at least ${MIN_TOKEN} characters of printable ASCII without spaces`,
  );
}
