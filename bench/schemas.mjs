import { startNow } from "./emulators.mjs";
import { Connection, httpRequest } from "./load.mjs";
import { median, ms, progress } from "./report.mjs";
import { chatInit, SEED } from "./seed.mjs";

const ITEM = {
  type: "object",
  properties: { name: { type: "string" }, count: { type: "integer", minimum: 0 }, done: { type: "boolean" } },
  required: ["name", "count", "done"],
  additionalProperties: false,
};
/** A thread works on what is not certain to be found at once, such as a pattern. */
const WITH_PATTERN = {
  ...ITEM,
  properties: { ...ITEM.properties, name: { type: "string", pattern: "^[a-z]{3}-\\d+$" } },
};

/** What an answer that fits a small JSON Schema costs, with chats of the three kinds in turn. */
export const schemas = async ({ quick }) => {
  const samples = quick ? 300 : 2_000;
  const server = await startNow({ state: ":memory:", seed: SEED });
  const connection = await Connection.open(server.port);
  const kinds = [
    { name: "p50 of a chat, without a schema", request: chat() },
    { name: "p50 of a chat, with a small JSON Schema", request: chat(ITEM), target: "1 ms more at most" },
    {
      name: "p50 of a chat, with one that has a pattern",
      request: chat(WITH_PATTERN),
      target: "1 ms more at most",
    },
  ].map((kind) => ({ ...kind, times: [] }));
  for (let at = 0; at < samples; at++) {
    if (at % 500 === 0) progress(`schemas: ${at} of ${samples} requests each`);
    for (const { request, times } of kinds) {
      const started = performance.now();
      await connection.ask(request);
      times.push(performance.now() - started);
    }
  }
  connection.close();
  await server.stop();
  // The first half warms up the process.
  return kinds.map(({ name, times, target }) => ({
    name,
    now: ms(median(times.slice(samples >> 1))),
    target,
  }));
};

function chat(schema) {
  const { method, headers, body } = chatInit();
  const format = schema && { type: "json_schema", json_schema: { name: "item", schema } };
  const withFormat = JSON.stringify({ ...JSON.parse(body), ...(format && { response_format: format }) });
  return httpRequest(method, "/v1/chat/completions", headers, withFormat);
}
