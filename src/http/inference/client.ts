import type { Call } from "../routes.js";

/**
 * Waits on the world's clock while the client is there.
 * @param label what an advance of the clock calls it
 * @returns false when the client hung up, or the world was reset, before
 */
export function waitForClient(call: Call, ms: number, label: string): Promise<boolean> {
  const { clock } = call.services.kernel;
  const { response } = call;
  if (response.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const settle = (there: boolean): void => {
      cancel();
      response.off("close", gone);
      resolve(there);
    };
    const gone = (): void => settle(false);
    const cancel = clock.schedule(clock.now() + ms, label, () => settle(true), gone);
    response.once("close", gone);
  });
}
