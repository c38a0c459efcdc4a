import { type GatewayEmulator, startGatewayEmulator } from "../../emulator/start.js";
import { colours, wantsColours } from "../log/colours.js";
import { requestLine } from "../log/pretty.js";
import { startFailure } from "../start/failure.js";
import { emulatorOptions } from "../start/options.js";
import { runCommand } from "./child.js";
import { coverageReport, moreWanted } from "./coverage.js";
import type { ExecOptions } from "./options.js";

/** Most lines of the log that are kept for a command that fails. */
const MOST_LINES = 1_000;

/**
 * Starts an emulator, runs the command, stops, and says on stderr what there is to say: standard output is the
 * command's.
 * @returns the exit code: the command's, or 1 when it succeeded and too few errors were provoked
 * @throws UserError when the emulator or the command cannot be started
 */
export async function runExec(command: readonly string[], options: ExecOptions): Promise<number> {
  const kept: string[] = [];
  const gateway = await start(options, (line) => {
    if (options.verbose) console.error(line);
    else if (kept.push(line) > MOST_LINES) kept.shift();
  });
  let code: number;
  try {
    code = await runCommand(command, { ...process.env, ...gateway.env });
  } finally {
    await gateway.stop();
  }
  if (code !== 0 && kept.length > 0) {
    console.error(`gateway-emulator: the command ended with ${code}; what it asked of the emulator:`);
    console.error(kept.join("\n"));
  }
  const wanted = options.minErrorCoverage;
  if (wanted === null) return code;
  const coverage = gateway.errorCoverage();
  console.error(coverageReport(coverage, wanted));
  return code === 0 && moreWanted(coverage, wanted) > 0 ? 1 : code;
}

/** @param log takes a line for every request */
async function start(options: ExecOptions, log: (line: string) => void): Promise<GatewayEmulator> {
  const paint = colours(wantsColours(process.stderr, process.env));
  try {
    return await startGatewayEmulator({
      ...emulatorOptions(options),
      onRequest: (entry) => log(requestLine(entry, paint)),
    });
  } catch (cause) {
    throw await startFailure(cause, options);
  }
}
