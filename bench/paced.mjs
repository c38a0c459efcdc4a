import net from "node:net";
import { join } from "node:path";
import { startServer } from "./child.mjs";
import { count, ms, progress } from "./report.mjs";
import { chatRequest, SEED, withFolder } from "./seed.mjs";

const STREAMS = 1_000;
const TOKENS_PER_SECOND = 50;
const INTERVAL_MS = 1000 / TOKENS_PER_SECOND;
/** The load itself takes a core's share; streams begin spread over this time, as they do in life. */
const SPREAD_MS = 1_000;

/**
 * 1,000 streams at once, 50 tokens a second each: how late chunks arrive, next to the arrival of their stream's
 * first, and how much memory the server takes. Seen from outside, so the client's own lateness is in it.
 */
export const paced = ({ quick }) =>
  withFolder(async (folder) => {
    const emulator = await startServer("servers/emulator.mjs", {
      state: join(folder, "state.db"),
      seed: { ...SEED, settings: { stream: { tokens_per_second: TOKENS_PER_SECOND } } },
    });
    const tokens = TOKENS_PER_SECOND * (quick ? 2 : 5);
    const request = chatRequest({ content: "word ".repeat(tokens).trim(), stream: true });
    // What is compiled on first use is not what is measured.
    await Promise.all(Array.from({ length: 50 }, () => follow(emulator.port, request, [])));
    const late = [];
    const own = ownLateness();
    let done = 0;
    let peak = 0;
    const watch = setInterval(async () => {
      peak = Math.max(peak, await emulator.memory());
      progress(`paced: ${done} of ${STREAMS} streams`);
    }, 500);
    await Promise.all(
      Array.from({ length: STREAMS }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, (index / STREAMS) * SPREAD_MS));
        await follow(emulator.port, request, late);
        done++;
      }),
    );
    clearInterval(watch);
    await emulator.stop();
    const at = quantiles(late);
    return [
      {
        name: `${count(STREAMS)} paced streams: a chunk's lateness, p50`,
        emulator: ms(at(0.5)),
      },
      { name: "  the same, p99", emulator: ms(at(0.99)), target: "5 ms" },
      { name: "  of which the load's own, p99", bare: ms(quantiles(own.stop())(0.99)) },
      { name: "  memory of the server", emulator: `${count(peak / 1e6)} MB`, target: "200 MB" },
    ];
  });

function quantiles(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return (share) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
}

/** How late this process itself comes to its timers: what it cannot tell from a late server. */
function ownLateness() {
  const late = [];
  let due = performance.now() + 5;
  const timer = setInterval(() => {
    late.push(Math.max(0, performance.now() - due));
    due = performance.now() + 5;
  }, 5);
  return {
    stop() {
      clearInterval(timer);
      return late;
    },
  };
}

/** Follows one stream: each `data:` event is due one interval after the one before. */
function follow(port, request, late) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(request));
    socket.setNoDelay();
    let first = 0;
    let seen = 0;
    socket.on("data", (bytes) => {
      const now = performance.now();
      const text = bytes.toString("latin1");
      for (
        let at = text.indexOf('"delta":{"content"');
        at >= 0;
        at = text.indexOf('"delta":{"content"', at + 1)
      ) {
        if (seen === 0) first = now;
        else late.push(Math.max(0, now - first - seen * INTERVAL_MS));
        seen++;
      }
      if (!text.includes("[DONE]")) return;
      socket.destroy();
      resolve();
    });
    socket.on("error", reject);
  });
}
