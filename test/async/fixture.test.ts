import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { onHost } from "./support.js";

const FIXTURE = fileURLToPath(new URL("../../fixtures/async.yaml", import.meta.url));

test("fixtures/async.yaml does what its comment says", async () => {
  await using gateway = await startGatewayEmulator({ seed: FIXTURE });
  const ask = async (prompt: string, fields: object = {}): Promise<string> => {
    const body = { model_input: { prompt }, ...fields };
    return (await onHost(gateway, "model-abc123", "POST", "/production/async_predict", { body })).body
      .request_id;
  };
  const status = async (id: string): Promise<string> =>
    (await onHost(gateway, "model-abc123", "GET", `/async_request/${id}`)).body.status;
  const render = await ask("render");
  await gateway.clock.advance("29s");
  expect(await status(render)).toBe("IN_PROGRESS");
  await gateway.clock.advance("1s");
  expect(await status(render)).toBe("SUCCEEDED");
  const [flaky, broken, echo] = [await ask("flaky"), await ask("broken"), await ask("hello")];
  await gateway.clock.advance("1m");
  expect([await status(flaky), await status(broken), await status(echo)]).toEqual([
    "SUCCEEDED",
    "FAILED",
    "SUCCEEDED",
  ]);
  const stuck = await ask("stuck", { inference_retry_config: { max_attempts: 1 } });
  const behind = await ask("hello");
  await gateway.clock.advance("1h");
  expect([await status(stuck), await status(behind)]).toEqual(["FAILED", "EXPIRED"]);
});
