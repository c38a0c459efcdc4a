import type { Command } from "commander";
import type { EmulatorOptions } from "../../emulator/start.js";
import { collect } from "../collect.js";

/** Flags as commander parsed them. Absent ones may come from the environment. */
export interface GuardFlags {
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly cors?: readonly string[];
  readonly controlToken?: string;
  readonly openControl?: boolean;
}

/** Whom the emulator lets in, as its options take it. */
export type CliGuardOptions = Pick<
  EmulatorOptions,
  "allowedHosts" | "allowedOrigins" | "cors" | "controlToken" | "openControl"
>;

/** The names of the options, as in `--allowed-hosts`. */
export const GUARD_OPTIONS = [
  "allowed-hosts",
  "allowed-origins",
  "cors",
  "control-token",
  "open-control",
] as const;

/** Declares the options that `start` and `exec` share. */
export function addGuardOptions(command: Command): Command {
  return command
    .option(
      "--allowed-hosts <name>",
      "accept this Host header; .name for every name below it; repeatable",
      collect,
    )
    .option(
      "--allowed-origins <origin>",
      "let pages of this origin call /_emulator/ and the management API; repeatable",
      collect,
    )
    .option(
      "--cors <origin>",
      "let pages of this origin call the emulator from the browser and read answers; repeatable",
      collect,
    )
    .option(
      "--control-token <token>",
      "token that /_emulator/ asks for (default: none on loopback, else a random one, which is printed)",
    );
}

/**
 * @param text reads an option from its flag, else from its variable
 * @param toggle the same for one that is on or off
 */
export function readGuard(
  flags: GuardFlags,
  text: (flag: string | undefined, name: string) => { readonly value: string } | null,
  toggle: (flag: boolean | undefined, name: string) => boolean | undefined,
): CliGuardOptions {
  const list = (flag: readonly string[] | undefined, name: string): readonly string[] =>
    (flag ?? [text(undefined, name)?.value ?? ""]).flatMap((value) => value.split(/[\s,]+/)).filter(Boolean);
  return {
    allowedHosts: list(flags.allowedHosts, "allowed-hosts"),
    allowedOrigins: list(flags.allowedOrigins, "allowed-origins"),
    cors: list(flags.cors, "cors"),
    controlToken: text(flags.controlToken, "control-token")?.value,
    openControl: toggle(flags.openControl, "open-control") ?? false,
  };
}
