import { type GatewayEmulator, startGatewayEmulator } from "../../emulator/start.js";
import { painter } from "../log/paint.js";
import { requestLine } from "../log/pretty.js";
import { startFailure } from "../start/failure.js";
import { emulatorOptions } from "../start/options.js";
import { runCommand } from "./child.js";
import { coverageReport, errorsMissing } from "./coverage.js";
import type { ExecOptions } from "./options.js";

/** How many of the last log lines are kept, to print them if the command fails. */
const MAX_KEPT_LINES = 1_000;

/**
 * Starts an emulator, runs the command and stops the emulator. Reports go to stderr, because stdout belongs to the
 * command.
 * @returns the command's exit code, or 1 when it succeeded but provoked too few errors
 * @throws UserError when the emulator or the command cannot be started
 */
export async function runExec(command: readonly string[], options: ExecOptions): Promise<number> {
  const kept: string[] = [];
  const gateway = await start(options, (line) => {
    if (options.verbose) console.error(line);
    else if (kept.push(line) > MAX_KEPT_LINES) kept.shift();
  });
  let code: number;
  try {
    code = await runCommand(command, { ...process.env, ...gateway.env });
  } finally {
    await gateway.stop();
  }
  if (code !== 0 && kept.length > 0) {
    console.error(`gateway-emulator: the command ended with ${code}. Requests that it made:`);
    console.error(kept.join("\n"));
  }
  const percent = options.minErrorCoverage;
  if (percent === null) return code;
  const coverage = gateway.errorCoverage();
  console.error(coverageReport(coverage, percent));
  return code === 0 && errorsMissing(coverage, percent) > 0 ? 1 : code;
}

async function start(options: ExecOptions, log: (line: string) => void): Promise<GatewayEmulator> {
  const paint = painter(process.stderr, process.env);
  try {
    return await startGatewayEmulator({
      ...emulatorOptions(options),
      ownsProcess: true,
      onRequest: (entry) => log(requestLine(entry, paint)),
    });
  } catch (cause) {
    throw await startFailure(cause, options);
  }
}
