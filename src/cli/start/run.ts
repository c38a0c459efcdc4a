import { resolve } from "node:path";
import { type GatewayEmulator, isLoopbackHost, startGatewayEmulator } from "../../emulator/start.js";
import { VERSION } from "../../version.js";
import { count } from "../count.js";
import { createLog } from "../log/create-log.js";
import type { Listening, Reach } from "../log/log.js";
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
    const onWait = (what: string): void => {
      log.notice(`waiting up to ${options.stopGraceMs / 1000} s for ${what}`);
      log.flush();
    };
    await gateway.stop({ grace: options.stopGraceMs, onWait });
    log.flush();
  };
  stopWithoutReader(process.stdout, stop);
  const hurry = (): Promise<void> => gateway.stop({ grace: 0 });
  stopOnSignals({ stop, hurry }, options.exitWithStdin ? process.stdin : null);
  log.listening(factsOf(gateway, options));
  log.flush();
}

/** Prints what is wrong with a changed seed file. The emulator keeps its state, since the file may be half edited. */
async function reportBadSeed(cause: unknown, options: StartOptions): Promise<void> {
  const failure: unknown = await startFailure(cause, options);
  if (!(failure instanceof UserError)) throw failure;
  console.error(`${failure.text}; the state is unchanged`);
}

/** What to say about a port that other machines can reach; null when none can. */
function reachOf({ env }: GatewayEmulator, { host, guard }: StartOptions): Reach | null {
  if (isLoopbackHost(host)) return null;
  const token = env.GATEWAY_EMULATOR_CONTROL_TOKEN;
  const control =
    token === undefined
      ? "/_emulator/ asks for no token, so whoever reaches it can change everything"
      : "/_emulator/ asks for the control token";
  return {
    warning: `Other machines can reach this port (--host ${host}); ${control}.`,
    newToken: guard.controlToken === undefined && token !== undefined ? token : null,
  };
}

function factsOf(gateway: GatewayEmulator, options: StartOptions): Listening {
  return {
    version: VERSION,
    url: gateway.url,
    reach: reachOf(gateway, options),
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
