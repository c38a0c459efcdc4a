import net from "node:net";
import { join } from "node:path";
import { startServer } from "./child.mjs";
import { startBefore, startNow } from "./emulators.mjs";
import { compare, count, median, megabytes, ms, progress } from "./report.mjs";
import { chatRequest, SEED, withFolder } from "./seed.mjs";

const STREAMS = 1_000;
const TOKENS_PER_SECOND = 50;
const INTERVAL_MS = 1000 / TOKENS_PER_SECOND;
/** Streams start spread over this time, as in practice, because starting them also costs the client time. */
const SPREAD_MS = 1_000;
const SECOND_MS = 1_000;

const READ = Buffer.alloc(65_536);
const DELTA = Buffer.from('"delta":{"content"');
const DONE = Buffer.from("[DONE]");

/** An event in the emulator's form, for the bare server: the client searches for the delta. */
const EVENT = `data: {"id":"chatcmpl-${"0".repeat(32)}","choices":[{"index":0,"delta":{"content":" word"}}],"filler":"${"x".repeat(330)}"}\n\n`;

/**
 * 1,000 concurrent streams of 50 tokens a second: how late chunks arrive, relative to the first chunk of their stream,
 * and how much memory the server uses. The figures include delays of the client and of the machine; those of the bare
 * server, which only runs timers, show how large these are. A machine that pauses for a tenth of a second determines
 * the p99 of the whole run, so the p99 of the median second is reported too. The servers take turns, each time in a
 * new process; figures are the medians of their runs.
 */
export const paced = ({ quick, columns, before }) =>
  withFolder(async (folder) => {
    const rounds = quick ? 1 : 3;
    const tokens = TOKENS_PER_SECOND * (quick ? 2 : 10);
    const request = chatRequest({ content: "word ".repeat(tokens).trim(), stream: true });
    const options = (name) => ({
      state: join(folder, `${name}.db`),
      seed: { ...SEED, settings: { stream: { tokens_per_second: TOKENS_PER_SECOND } } },
    });
    const starts = {
      bare: () =>
        startServer("servers/bare-paced.mjs", { event: EVENT, events: tokens, intervalMs: INTERVAL_MS }),
      before: (round) => startBefore(before, options(`before-${round}`)),
      now: (round) => startNow(options(`now-${round}`)),
    };
    const runs = {};
    for (let round = 1; round <= rounds; round++) {
      for (const [column, start] of Object.entries(starts)) {
        if (column !== "now" && !columns.has(column)) continue;
        runs[column] ??= [];
        runs[column].push(
          await measure(`round ${round} of ${rounds}, ${column}`, request, tokens, () => start(round)),
        );
      }
    }
    const figures = (of) =>
      Object.fromEntries(
        Object.entries(runs).map(([column, measured]) => [column, median(measured.map(of))]),
      );
    const late = (name, of, target) => compare(name, ms, figures(of), { target, ratios: false });
    return [
      late(`${count(STREAMS)} paced streams: a chunk's lateness, p50`, (run) => run.p50),
      late("  the same, p99 of the whole run", (run) => run.p99, "<= 5 ms"),
      late("  the same, p99 of the median second", (run) => run.p99OfMedianSecond, "<= 5 ms"),
      compare(
        "  memory of the server",
        megabytes,
        figures((run) => run.peak),
        { target: "<= 200 MB" },
      ),
    ];
  });

async function measure(name, request, tokens, start) {
  const server = await start();
  // Warm up, so that compilation is not measured.
  await Promise.all(Array.from({ length: 50 }, () => follow(server.port, request, () => {})));
  const record = new Record(STREAMS * tokens, performance.now());
  let done = 0;
  let peak = 0;
  const watch = setInterval(async () => {
    peak = Math.max(peak, await server.memory());
    progress(`paced, ${name}: ${done} of ${STREAMS} streams`);
  }, 500);
  await Promise.all(
    Array.from({ length: STREAMS }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, (index / STREAMS) * SPREAD_MS));
      await follow(server.port, request, (at, by) => record.add(at, by));
      done++;
    }),
  );
  clearInterval(watch);
  await server.stop();
  const late = quantiles(record.all());
  const seconds = record.bySecond().map((second) => quantiles(second)(0.99));
  return { p50: late(0.5), p99: late(0.99), p99OfMedianSecond: median(seconds), peak };
}

/** The lateness of every chunk. Allocated up front, so that growth and garbage collection do not disturb the run. */
class Record {
  #late;
  #at;
  #size = 0;
  #begun;

  constructor(room, begun) {
    this.#late = new Float64Array(room);
    this.#at = new Float64Array(room);
    this.#begun = begun;
  }

  add(at, late) {
    this.#at[this.#size] = at;
    this.#late[this.#size++] = late;
  }

  all() {
    return this.#late.subarray(0, this.#size);
  }

  bySecond() {
    const seconds = [];
    for (let index = 0; index < this.#size; index++) {
      const second = Math.floor((this.#at[index] - this.#begun) / SECOND_MS);
      seconds[second] ??= [];
      seconds[second].push(this.#late[index]);
    }
    return Object.values(seconds);
  }
}

function quantiles(values) {
  const sorted = Float64Array.from(values).sort();
  return (share) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
}

/**
 * Reads one stream: each `data:` event is due one interval after the previous one. All streams share one buffer, so
 * that the client creates no garbage.
 */
function follow(port, request, late) {
  return new Promise((resolve, reject) => {
    let first = 0;
    let seen = 0;
    const callback = (size) => {
      const now = performance.now();
      const bytes = READ.subarray(0, size);
      for (let at = bytes.indexOf(DELTA); at >= 0; at = bytes.indexOf(DELTA, at + DELTA.length)) {
        if (seen === 0) first = now;
        else late(now, Math.max(0, now - first - seen * INTERVAL_MS));
        seen++;
      }
      if (bytes.includes(DONE)) {
        socket.destroy();
        resolve();
      }
      return true;
    };
    const socket = net.connect({ port, host: "127.0.0.1", onread: { buffer: READ, callback } }, () =>
      socket.write(request),
    );
    socket.setNoDelay();
    socket.on("error", reject);
  });
}
