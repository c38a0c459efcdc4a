import type { GatewayWorld } from "../../../index.js";

/** What a matcher answers to Vitest. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** @throws TypeError for what is no gateway */
export function asGateway(received: unknown, matcher: string): GatewayWorld {
  if (isGateway(received)) return received;
  throw new TypeError(
    `${matcher}() is for what useGatewayEmulator(), useGatewayWorld(), startGatewayEmulator() or connectGatewayEmulator() answer`,
  );
}

function isGateway(received: unknown): received is GatewayWorld {
  return (
    typeof received === "object" && received !== null && "expectRequest" in received && "billing" in received
  );
}

/** Such as `2 requests with {"status":429}`, `a request`. */
export function wanted(what: string, count: number | undefined, filter: object): string {
  const amount = count === undefined ? `${/^[aeiou]/.test(what) ? "an" : "a"} ${what}` : counted(count, what);
  const text = JSON.stringify(filter);
  return text === "{}" ? amount : `${amount} with ${text}`;
}

/** Such as `1 request`, `2 requests`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
