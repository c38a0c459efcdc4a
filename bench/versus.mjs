import { throughput } from "./load.mjs";
import { count, median, microseconds, progress } from "./report.mjs";

const CONNECTIONS = 32;

/** Alternating rounds, so that other load on the machine affects both. */
export async function versus(name, { bare, emulator, request, target, seconds, rounds }) {
  const servers = { bare, emulator };
  for (const { port } of [bare, emulator]) await throughput(port, request, CONNECTIONS, seconds * 700);
  const perSecond = { bare: [], emulator: [] };
  const cpuPer = { bare: [], emulator: [] };
  for (let round = 1; round <= rounds; round++) {
    for (const [which, server] of Object.entries(servers)) {
      progress(`${name}: round ${round} of ${rounds}, ${which}`);
      const before = await server.cpu();
      const measured = await throughput(server.port, request, CONNECTIONS, seconds * 1000);
      cpuPer[which].push(((await server.cpu()) - before) / measured.answered);
      perSecond[which].push(measured.perSecond);
    }
  }
  const rate = {
    bare: median(perSecond.bare),
    emulator: median(perSecond.emulator),
  };
  const cpu = { bare: median(cpuPer.bare), emulator: median(cpuPer.emulator) };
  return [
    {
      name: `${name}, per second`,
      bare: count(rate.bare),
      emulator: count(rate.emulator),
      ratio: (rate.emulator / rate.bare).toFixed(2),
      target: `>= ${target}`,
    },
    {
      name: `${name}, server's CPU time`,
      bare: microseconds(cpu.bare),
      emulator: microseconds(cpu.emulator),
      ratio: (cpu.bare / cpu.emulator).toFixed(2),
    },
  ];
}
