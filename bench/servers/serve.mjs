import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The server's side of `startServer`: answers the questions of the benchmark.
 * @param questions more of them, as functions by name
 */
export function serve(hello, stop, questions = {}) {
  const answers = { cpu, memory: () => process.memoryUsage.rss(), ...questions };
  process.on("message", async ({ question, value }) => {
    if (question === "stop") {
      await stop();
      process.disconnect();
    } else {
      process.send({ [question]: await answers[question](value) });
    }
  });
  process.send(hello);
}

function cpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

export const input = () => JSON.parse(process.argv[2] ?? "{}");

/** The package built in a dist folder. */
export const load = (dist) => import(pathToFileURL(join(dist, "index.js")).href);
