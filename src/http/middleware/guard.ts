import { hash, timingSafeEqual } from "node:crypto";
import { GatewayError } from "../../domain/errors.js";
import type { Surface } from "../../domain/journal.js";
import { isOwnOrigin, isTrustedHost } from "../../domain/trusted-hosts.js";
import type { AppEnv } from "../env.js";
import type { RequestTarget } from "../node/target.js";
import { preflightAnswer } from "./cors.js";
import type { GuardRules } from "./guard-rules.js";
import { routedPath } from "./world.js";

const HEALTH = "/_emulator/health";

/**
 * Keeps web pages and other machines from driving the emulator: looks at `Host`, `Origin`, `Sec-Fetch-Site` and the
 * control token of each request before it is routed. Calls within this process pass: whoever makes them can do anything.
 */
export class Guard {
  readonly #rules: GuardRules;

  constructor(rules: GuardRules) {
    this.#rules = rules;
  }

  /**
   * Notes in `env` why a request is refused, and who may read the answer.
   * @returns the answer to a preflight of a page that `cors` names, else null
   */
  check(request: Request, env: AppEnv["Bindings"]): Response | null {
    const { target } = env;
    if (!target) return null;
    if (!isTrustedHost(target.host, this.#rules.hosts)) {
      routedPath(request, { env });
      env.refusal = hostRefused(target.host);
      return null;
    }
    const { origin } = target;
    if (origin !== undefined && this.#rules.corsOrigins.has(origin)) {
      if (isPreflight(request)) return preflightAnswer(request, origin);
      env.corsOrigin = origin;
    }
    routedPath(request, { env });
    const surface = env.destination?.surface;
    if (surface === "control" || surface === "management") this.#checkCaller(surface, request, target, env);
    return null;
  }

  /** Whether the caller of the control API or the management API is a page that may not, or lacks the token. */
  #checkCaller(surface: Surface, request: Request, target: RequestTarget, env: AppEnv["Bindings"]): void {
    if (this.#isForeignPage(target)) {
      env.refusal = originRefused(target);
      return;
    }
    if (surface !== "control" || this.#hasToken(request.headers)) return;
    env.withoutToken = true;
    if (env.destination?.path !== HEALTH) {
      env.refusal = new GatewayError("control_token", { headers: { "WWW-Authenticate": "Bearer" } });
    }
  }

  /**
   * A page sends `Origin` with all that can change anything. What it sends without, such as the request for an image,
   * has `Sec-Fetch-Site`; other ports of this host are `same-site`, and no less foreign (Y-61).
   */
  #isForeignPage({ origin, fetchSite, host }: RequestTarget): boolean {
    if (origin !== undefined) return !isOwnOrigin(origin, host) && !this.#rules.origins.has(origin);
    return fetchSite !== undefined && fetchSite !== "same-origin" && fetchSite !== "none";
  }

  #hasToken(headers: Headers): boolean {
    const { controlToken } = this.#rules;
    if (controlToken === null) return true;
    const [, bearer] = /^Bearer +(\S+) *$/i.exec(headers.get("Authorization") ?? "") ?? [];
    const given = headers.get("x-emulator-token") ?? bearer;
    return given !== undefined && timingSafeEqual(digestOf(given), digestOf(controlToken));
  }
}

/** Digests are equally long, as a comparison in constant time needs them. */
function digestOf(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

function isPreflight(request: Request): boolean {
  return request.method === "OPTIONS" && request.headers.has("Access-Control-Request-Method");
}

/** More of a text that a client chose is not worth a hint. */
const MAX_SHOWN = 100;

function shown(text: string): string {
  return JSON.stringify(text.slice(0, MAX_SHOWN));
}

function hostRefused(host: string): GatewayError {
  return new GatewayError("host_refused", {
    hint: `the Host header is ${shown(host)}, which could be a web page's own domain: start with --allowed-hosts <name>, or the option allowedHosts, to accept it. Names without a dot, *.localhost, addresses and the hosts of Baseten are accepted always.`,
  });
}

function originRefused({ origin, fetchSite }: RequestTarget): GatewayError {
  const seen = origin === undefined ? `Sec-Fetch-Site is ${fetchSite}` : `the Origin is ${shown(origin)}`;
  return new GatewayError("origin_refused", {
    hint: `a web page sent this: ${seen}. Start with --allowed-origins <origin>, or the option allowedOrigins, to let it call the control API and the management API; --cors <origin> lets it read answers.`,
  });
}
