import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Command } from "commander";
import { UserError } from "./user-error.js";

interface ExecFlags {
  readonly seed?: readonly string[];
  readonly acceptBearer?: boolean;
  /** true unless `--no-management-rate-limit` is given. */
  readonly managementRateLimit: boolean;
  readonly verbose?: boolean;
}

/** `gateway-emulator exec -- <command...>`: an emulator for as long as a command runs. */
export function defineExec(program: Command): void {
  program
    .command("exec")
    .summary("run a command beside a fresh emulator")
    .description(
      "Starts an emulator on a free port with its state in memory, runs a command with the environment that " +
        "leads there, stops, and exits with the command's code. What was asked of the emulator is printed when " +
        "the command fails.",
    )
    .usage("[options] -- <command...>")
    .argument("<command...>", "the command and its arguments")
    .option("--seed <file>", "seed file, .yaml, .yml or .json; repeat it for several, which add up", append)
    .option("--accept-bearer", "also take federated keys as Authorization: Bearer")
    .option("--no-management-rate-limit", "do not limit management requests to 100 a second")
    .option("--verbose", "print every request as it comes")
    .passThroughOptions()
    .addHelpText("after", HELP)
    .action(exec);
}

const HELP = `
The command finds GATEWAY_EMULATOR_URL, BASETEN_API_KEY, BASETEN_BASE_URL and OPENAI_BASE_URL in its environment,
and OPENAI_API_KEY when the seed has a federated key.

Examples:
  $ gateway-emulator exec --seed fixtures/quickstart.yaml -- npm test
  $ gateway-emulator exec --seed gateway.yaml --accept-bearer -- pytest -q`;

/** Most lines of the log that are kept for a command that fails. */
const MOST_LINES = 1_000;
/** What a shell answers to a command that is not there. */
const NOT_FOUND = 127;

function append(file: string, files: readonly string[] = []): string[] {
  return [...files, file];
}

async function exec(words: readonly string[], flags: ExecFlags): Promise<void> {
  const [
    { startOptions },
    { startFailure },
    { startGatewayEmulator },
    { requestLine },
    { colours, wantsColours },
  ] = await Promise.all([
    import("./start/options.js"),
    import("./start/failure.js"),
    import("../emulator.js"),
    import("./log/pretty.js"),
    import("./log/colours.js"),
  ]);
  const options = { ...startOptions(flags, process.env), port: 0, state: ":memory:", host: "127.0.0.1" };
  const kept: string[] = [];
  const paint = colours(wantsColours(process.stderr, process.env));
  const gateway = await startGatewayEmulator({
    ...options,
    seed: options.seeds.length > 0 ? options.seeds : undefined,
    onRequest(entry) {
      const line = requestLine(entry, paint);
      if (flags.verbose) console.error(line);
      else if (kept.push(line) > MOST_LINES) kept.shift();
    },
  }).catch(async (cause) => {
    throw await startFailure(cause, options);
  });
  const code = await run(words, { ...process.env, ...gateway.env });
  await gateway.stop();
  if (code !== 0 && kept.length > 0) {
    console.error(`gateway-emulator: the command ended with ${code}; what it asked of the emulator:`);
    for (const line of kept) console.error(line);
  }
  process.exitCode = code;
}

/** Runs a command with our own input and output. @returns its exit code, as a shell gives it */
function run([file = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: "inherit" });
    const forget = passOnSignals((signal) => child.kill(signal));
    child.once("error", (cause: NodeJS.ErrnoException) => {
      forget();
      if (cause.code !== "ENOENT") return reject(new UserError(`${file} cannot be run: ${cause.message}`));
      console.error(`gateway-emulator: command not found: ${file}`);
      resolve(NOT_FOUND);
    });
    child.once("exit", (code, signal) => {
      forget();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/** The command decides what a signal means; a terminal's Ctrl-C reaches it without us. */
function passOnSignals(send: (signal: NodeJS.Signals) => void): () => void {
  const handlers = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => {
    const handler = (): void => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) send(signal);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const forget of handlers) forget();
  };
}
