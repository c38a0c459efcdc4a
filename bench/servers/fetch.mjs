// `gateway.fetch` without a socket, as a test calls it: caller and emulator share this process and its one thread.
import { chatInit } from "../seed.mjs";
import { input, load, serve } from "./serve.mjs";

const { dist, options, calls } = input();
const { startGatewayEmulator } = await load(dist);
const gateway = await startGatewayEmulator({ ...options, listen: false });
const url = `${gateway.inferenceUrl}/chat/completions`;
const init = chatInit();

/** What `calls` callers complete, each with one call at a time. */
async function throughput(milliseconds) {
  const started = performance.now();
  let answered = 0;
  const caller = async () => {
    while (performance.now() - started < milliseconds) {
      const response = await gateway.fetch(url, init);
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      answered++;
    }
  };
  await Promise.all(Array.from({ length: calls }, caller));
  return { perSecond: (answered * 1000) / (performance.now() - started), answered };
}

serve({ port: null }, () => gateway.stop(), { throughput });
