import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Starts a server in its own process. The process sends `{ port }` once it listens, and answers questions: `cpu`
 * (microseconds), `memory` (resident bytes) and those of its own.
 * @param script path relative to this folder
 * @param input passed as its only argument, as JSON
 */
export async function startServer(script, input = {}) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = fork(path, [JSON.stringify(input)], {
    execArgv: process.env.BENCH_EXEC_ARGV?.split(" ") ?? [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const answer = () =>
    new Promise((resolve, reject) => {
      const ended = () => reject(new Error(`${script} ended early`));
      child.once("exit", ended);
      child.once("message", (message) => {
        child.off("exit", ended);
        resolve(message);
      });
    });
  const ask = async (question, value) => {
    const reply = answer();
    child.send({ question, value });
    return (await reply)[question];
  };
  const { port, ...rest } = await answer();
  return {
    port,
    ...rest,
    ask,
    cpu: () => ask("cpu"),
    memory: () => ask("memory"),
    async stop() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.send({ question: "stop" });
      await gone;
    },
  };
}
