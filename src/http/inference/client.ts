import type { Call } from "../routes.js";

/**
 * Waits on the world's clock while the client is there.
 * @param ms rounded up to whole milliseconds, as the clock counts; 0 does not wait
 * @param label what an advance of the clock calls it
 * @returns false when the client hung up before, or when the clock dropped its jobs, which ends the connection
 */
export function waitForClient(call: Call, ms: number, label: string): Promise<boolean> {
  const { clock } = call.services.context;
  const { request, response } = call;
  if (response.destroyed) return Promise.resolve(false);
  if (ms <= 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (there: boolean): void => {
      cancel();
      response.off("close", gone);
      resolve(there);
    };
    const gone = (): void => settle(false);
    const dropped = (): void => {
      settle(false);
      request.socket.destroy();
    };
    const cancel = clock.schedule(clock.now() + Math.ceil(ms), label, () => settle(true), dropped);
    response.once("close", gone);
  });
}

/**
 * Says when the client is gone, for work that the world's clock knows nothing of. A client whose world is reset or
 * stopped meanwhile is sent away.
 */
export function watchClient({ request, response, services }: Call): {
  readonly signal: AbortSignal;
  stop(): void;
} {
  const left = new AbortController();
  const gone = (): void => left.abort();
  const dropped = (): void => {
    gone();
    request.socket.destroy();
  };
  // Never due: it is there to be dropped with the clock's other jobs.
  const cancel = services.context.clock.schedule(
    Number.POSITIVE_INFINITY,
    "answer from outside",
    gone,
    dropped,
  );
  response.once("close", gone);
  if (response.destroyed) gone();
  return {
    signal: left.signal,
    stop(): void {
      cancel();
      response.off("close", gone);
    },
  };
}
