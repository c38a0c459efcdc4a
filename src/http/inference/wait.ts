import type { AppContext } from "../env.js";

/**
 * Waits on the world's clock while the client is there.
 * @param ms rounded up to whole milliseconds, as the clock counts; 0 does not wait
 * @param label what an advance of the clock calls it
 * @returns how it ended: the time has come, the client left, or the world dropped its jobs, which ends the connection
 */
export function waitForClient(c: AppContext, ms: number, label: string): Promise<"due" | "left" | "dropped"> {
  if (c.env.connection.closed) return Promise.resolve("left");
  if (ms <= 0) return Promise.resolve("due");
  const { clock } = c.get("services").context;
  const { signal } = c.req.raw;
  if (signal.aborted) return Promise.resolve("left");
  return new Promise((resolve) => {
    const left = (): void => {
      cancel();
      resolve("left");
    };
    const due = (): void => {
      signal.removeEventListener("abort", left);
      resolve("due");
    };
    const dropped = (): void => {
      signal.removeEventListener("abort", left);
      c.env.connection.destroy();
      resolve("dropped");
    };
    const cancel = clock.schedule(clock.now() + Math.ceil(ms), label, due, dropped);
    signal.addEventListener("abort", left, { once: true });
  });
}

/**
 * Runs work that the world's clock does not know of, with a signal that the client left. When the world is reset or
 * stopped meanwhile, the connection ends.
 */
export async function whileClientWaits<T>(
  c: AppContext,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const world = new AbortController();
  const dropped = (): void => {
    c.env.connection.destroy();
    world.abort();
  };
  // Never due: it is there to be dropped with the clock's other jobs.
  const cancel = c
    .get("services")
    .context.clock.schedule(Number.POSITIVE_INFINITY, "answer from outside", () => {}, dropped);
  try {
    return await work(AbortSignal.any([c.req.raw.signal, world.signal]));
  } finally {
    cancel();
  }
}
