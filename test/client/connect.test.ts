import { describe, expect, test } from "vitest";
import { connectGatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { QUICKSTART } from "../support/client.js";

describe("connectGatewayEmulator", () => {
  test("the URL that is given is where it is reached, whatever the emulator knows", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const url = gateway.url.replace("127.0.0.1", "localhost");
    const remote = await connectGatewayEmulator(`${url}/`);
    expect([remote.url, remote.inferenceUrl]).toEqual([url, `${url}/v1`]);
    expect(remote.env).toMatchObject({ GATEWAY_EMULATOR_URL: url, OPENAI_BASE_URL: `${url}/v1` });
  });

  test("the URL of a world leads to that world, and from there to the others", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const { url } = await gateway.world("w1");
    const world = await connectGatewayEmulator(url);
    expect([world.name, await world.worlds()]).toEqual(["w1", ["default", "w1"]]);
    expect((await world.world("w2")).url).toBe(`${gateway.url}/_worlds/w2`);
    expect((await world.world("default")).url).toBe(gateway.url);
  });

  test("without a URL it takes GATEWAY_EMULATOR_URL, or says how to get one", async () => {
    const set = process.env.GATEWAY_EMULATOR_URL;
    delete process.env.GATEWAY_EMULATOR_URL;
    try {
      await expect(connectGatewayEmulator()).rejects.toThrow("gateway-emulator exec -- <command>");
      await using gateway = await startGatewayEmulator();
      process.env.GATEWAY_EMULATOR_URL = gateway.url;
      expect((await connectGatewayEmulator()).url).toBe(gateway.url);
    } finally {
      if (set === undefined) delete process.env.GATEWAY_EMULATOR_URL;
      else process.env.GATEWAY_EMULATOR_URL = set;
    }
  });

  test("an invalid URL is refused with an example", async () => {
    await expect(connectGatewayEmulator("127.0.0.1:4110")).rejects.toThrow(
      'expected a URL such as http://127.0.0.1:4110, got "127.0.0.1:4110"',
    );
  });
});
