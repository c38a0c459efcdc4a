/** The server's side of `startServer`: answers the requests of the benchmark. */
export function serve(hello, stop) {
  process.on("message", async (message) => {
    if (message === "cpu") {
      const { user, system } = process.cpuUsage();
      process.send({ cpu: user + system });
    } else if (message === "memory") {
      process.send({ memory: process.memoryUsage.rss() });
    } else if (message === "stop") {
      await stop();
      process.disconnect();
    }
  });
  process.send(hello);
}

export const input = () => JSON.parse(process.argv[2] ?? "{}");
