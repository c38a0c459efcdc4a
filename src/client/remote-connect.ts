import { withCallerStack } from "./faces-at-caller.js";
import { openRemote, type RemoteGateway } from "./remote-world.js";

const NO_URL =
  "connectGatewayEmulator() was given no URL, and GATEWAY_EMULATOR_URL is not set: start the tests with `gateway-emulator exec -- <command>`, or name a running emulator.";

/**
 * The emulator that runs at a URL, in whatever process: what `startGatewayEmulator` answers, over HTTP. It is not
 * this process's to stop.
 * @param url such as `http://127.0.0.1:4110`, or of one of its worlds; `GATEWAY_EMULATOR_URL` when absent
 * @throws ControlError when no emulator answers there; TypeError for what is no URL
 */
export function connectGatewayEmulator(url?: string): Promise<RemoteGateway> {
  return withCallerStack(connectGatewayEmulator, () => {
    const given = url ?? process.env.GATEWAY_EMULATOR_URL;
    if (!given) throw new TypeError(NO_URL);
    if (!/^https?:\/\//.test(given) || !URL.canParse(given)) {
      throw new TypeError(
        `connectGatewayEmulator: expected a URL such as http://127.0.0.1:4110, got ${JSON.stringify(given)}`,
      );
    }
    return openRemote(given.replace(/\/+$/, ""));
  });
}
