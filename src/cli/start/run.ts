import { resolve } from "node:path";
import { type GatewayEmulator, startGatewayEmulator } from "../../emulator/start.js";
import { VERSION } from "../../version.js";
import { count } from "../count.js";
import { createLog } from "../log/create-log.js";
import type { Listening } from "../log/log.js";
import { UserError } from "../user-error.js";
import { startFailure } from "./failure.js";
import { emulatorOptions, type StartOptions } from "./options.js";
import { stopWithoutReader } from "./reader-gone.js";
import { stopOnSignals } from "./signals.js";
import { watchSeeds } from "./watch.js";

/** Starts an emulator and runs it until a signal, or the end of standard input. @throws UserError when it cannot start */
export async function runStart(options: StartOptions): Promise<void> {
  const log = createLog(options.log, process);
  const gateway = await startGatewayEmulator({
    ...emulatorOptions(options),
    ownsProcess: true,
    onRequest: (entry) => log.request(entry),
  }).catch(async (cause) => {
    throw await startFailure(cause, options);
  });

  const stopWatching = options.watch
    ? await watchSeeds(options.seeds, () =>
        gateway.reseed(options.seeds).then(
          () => log.notice(`Seed reloaded, state reset: ${count(Object.keys(gateway.keys).length, "key")}`),
          (cause) => reportBadSeed(cause, options),
        ),
      )
    : () => {};

  const stop = async (): Promise<void> => {
    stopWatching();
    await gateway.stop();
    log.flush();
  };
  stopWithoutReader(process.stdout, stop);
  stopOnSignals(stop, options.exitWithStdin ? process.stdin : null);
  log.listening(factsOf(gateway, options));
  log.flush();
}

/** Prints what is wrong with a changed seed file. The emulator keeps its state, since the file may be half edited. */
async function reportBadSeed(cause: unknown, options: StartOptions): Promise<void> {
  const failure: unknown = await startFailure(cause, options);
  if (!(failure instanceof UserError)) throw failure;
  console.error(`${failure.text}; the state is unchanged`);
}

function factsOf(gateway: GatewayEmulator, options: StartOptions): Listening {
  return {
    version: VERSION,
    url: gateway.url,
    host: options.host,
    workspaceKey: gateway.workspaceKey,
    ownKey: options.workspaceKey !== undefined,
    env: gateway.env,
    state: options.state === ":memory:" ? options.state : resolve(options.state),
    resumed: gateway.resumed,
    seeds: options.seeds,
    keys: Object.keys(gateway.keys).length,
    example: gateway.example,
  };
}
