import { checkFields, type Fields } from "../client/known-fields.js";
import type { SeedSource } from "../config/load-seeds.js";
import type { JournalEntry } from "../domain/journal.js";
import { OptionError } from "../domain/option-error.js";
import type { GuardOptions } from "../http/middleware/guard-rules.js";
import { isAllowable } from "../services/outgoing/address-guard.js";

/** How to start an emulator. Everything is optional. */
export interface EmulatorOptions extends GuardOptions {
  /** 0, the default, picks a free one. */
  readonly port?: number | undefined;
  /** false opens no port: clients use `gateway.fetch`. */
  readonly listen?: boolean | undefined;
  /**
   * `127.0.0.1` when absent. On a host that other machines can reach, `/_emulator/` asks for the control token, unless
   * `openControl` is set: `gateway.env` has it as `GATEWAY_EMULATOR_CONTROL_TOKEN`.
   */
  readonly host?: string | undefined;
  /**
   * Internal hosts that rules and webhooks may call although `host` is not loopback: names, addresses, ranges such as
   * `10.0.0.0/8`, or `*` (Y-77). Hosts in `seed` always may.
   */
  readonly forwardAllow?: readonly string[] | undefined;
  /** A state file, or `:memory:`, the default. */
  readonly state?: string | undefined;
  /**
   * What committed data of a state file survives: `process`, the default, the end of the process, also by `kill -9`;
   * `power` also a power cut, because every commit waits for the disk (Y-81).
   */
  readonly durability?: "process" | "power" | undefined;
  /** One or several; later ones add to earlier ones. */
  readonly seed?: SeedSource | readonly SeedSource[] | undefined;
  /** Start from the seed even when the state file has data. */
  readonly reset?: boolean | undefined;
  /** A key that manages the first workspace, besides those of the seed. */
  readonly workspaceKey?: string | undefined;
  /** federated keys may be sent as `Bearer`. */
  readonly acceptBearer?: boolean | undefined;
  /** refuse more than 100 management requests a second per key and route. */
  readonly managementRateLimit?: boolean | undefined;
  /**
   * The process is the emulator's own. Its server then replaces the global `Request` and `Response` by lighter ones,
   * and answers about twice as fast. Leave it out in a process that runs tests.
   */
  readonly ownsProcess?: boolean | undefined;
  /** Called after every request. */
  readonly onRequest?: ((entry: JournalEntry) => void) | undefined;
}

const OPTIONS: Fields<EmulatorOptions> = {
  port: true,
  listen: true,
  host: true,
  forwardAllow: true,
  state: true,
  durability: true,
  seed: true,
  reset: true,
  workspaceKey: true,
  acceptBearer: true,
  managementRateLimit: true,
  ownsProcess: true,
  allowedHosts: true,
  allowedOrigins: true,
  cors: true,
  controlToken: true,
  openControl: true,
  onRequest: true,
};

/** @throws TypeError for an unknown option, with the one that was meant */
export function checkOptions(options: EmulatorOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError('startGatewayEmulator: expected options such as { seed: "gateway.yaml" }');
  }
  checkFields("startGatewayEmulator", options, OPTIONS, "option");
  const { durability = "process", forwardAllow = [] } = options;
  if (durability !== "process" && durability !== "power") {
    throw new OptionError("durability", `expected "process" or "power", got ${JSON.stringify(durability)}`);
  }
  const wrong = forwardAllow.find((entry) => !isAllowable(entry));
  if (wrong === undefined) return;
  throw new OptionError(
    "forwardAllow",
    `expected host names, addresses, ranges such as 10.0.0.0/8, or *, got ${JSON.stringify(wrong)}`,
  );
}
