import { throughput } from "./load.mjs";
import { median, progress } from "./report.mjs";

/** Requests under way at a time. */
export const CONNECTIONS = 32;
/** Long enough for a new process to have compiled what it runs often. */
const WARM_UP_MS = 3_000;

/**
 * Requests per second, and CPU time per request in microseconds, of each server. They take turns, so that other load
 * on the machine affects all of them.
 * @param servers by name; one without a port measures itself
 */
export async function versus(name, servers, { request, seconds, rounds }) {
  const measure = ({ port, ask }, milliseconds) =>
    port === null ? ask("throughput", milliseconds) : throughput(port, request, CONNECTIONS, milliseconds);
  for (const [which, server] of Object.entries(servers)) {
    progress(`${name}: warm-up, ${which}`);
    await measure(server, WARM_UP_MS);
  }
  const measured = Object.keys(servers).map((which) => [which, { perSecond: [], cpu: [] }]);
  for (let round = 1; round <= rounds; round++) {
    for (const [which, figures] of measured) {
      progress(`${name}: round ${round} of ${rounds}, ${which}`);
      const server = servers[which];
      const before = await server.cpu();
      const { perSecond, answered } = await measure(server, seconds * 1000);
      figures.cpu.push(((await server.cpu()) - before) / answered);
      figures.perSecond.push(perSecond);
    }
  }
  const medians = (figure) =>
    Object.fromEntries(measured.map(([which, figures]) => [which, median(figures[figure])]));
  return { perSecond: medians("perSecond"), cpu: medians("cpu") };
}
