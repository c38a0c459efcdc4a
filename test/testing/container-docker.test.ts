import { PassThrough, type Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { type ExposedPort, GatewayEmulatorContainer } from "../../src/testing/container/index.js";
import { chat, KEY } from "../cli/seed.js";
import { temporaryFolder } from "../support/cli.js";
import { QUICKSTART } from "../support/client.js";

/**
 * Stands for the package `testcontainers`, and for an engine: the container is an emulator of this process, on the
 * port that the engine would have mapped.
 */
function pretendedDocker(url: string) {
  const told: [name: string, ...values: unknown[]][] = [];
  class GenericContainer {
    constructor(image: string) {
      told.push(["image", image]);
    }
    #tell(name: string, value: unknown): this {
      told.push([name, value]);
      return this;
    }
    withEnvironment(environment: Record<string, string>): this {
      return this.#tell("environment", environment);
    }
    withExposedPorts(...ports: ExposedPort[]): this {
      return this.#tell("ports", ports);
    }
    withStartupTimeout(milliseconds: number): this {
      return this.#tell("startup timeout", milliseconds);
    }
    withLogConsumer(consumer: (stream: Readable) => unknown): this {
      consumer(new PassThrough().end("a line\n"));
      return this;
    }
    withCopyFilesToContainer(files: object[]): this {
      return this.#tell("files", files);
    }
    withCopyDirectoriesToContainer(directories: object[]): this {
      return this.#tell("directories", directories);
    }
    withCopyContentToContainer(contents: object[]): this {
      return this.#tell("contents", contents);
    }
    async start() {
      const { hostname, port } = new URL(url);
      return {
        getHost: () => hostname,
        getMappedPort: (inside: number) => (inside === 4110 ? Number(port) : 0),
        logs: async () => new PassThrough().end("all lines\n"),
        stop: async (options: object) => {
          told.push(["stop", options]);
        },
      };
    }
  }
  return { told, testcontainers: { GenericContainer } };
}

test("useDocker() runs the image by testcontainers, with everything the builder was told", async () => {
  await using folder = await temporaryFolder();
  const file = await folder.write("a,b:c.yaml", "{}");
  await using emulator = await startGatewayEmulator({ seed: QUICKSTART, host: "localhost" });
  const { told, testcontainers } = pretendedDocker(emulator.url.replace("localhost", "127.0.0.1"));
  const streams: Readable[] = [];

  const gateway = await new GatewayEmulatorContainer("registry.local/gateway-emulator:1")
    .withSeed([file, folder.path, QUICKSTART])
    .withEnvironment({ GATEWAY_EMULATOR_ACCEPT_BEARER: "1" })
    .withExposedPorts({ container: 4110, host: 5000 })
    .withStartupTimeout(5_000)
    .withLogConsumer((stream) => streams.push(stream))
    .useDocker(testcontainers)
    .start();

  const name = folder.path.split("/").at(-1);
  expect(told).toEqual([
    ["image", "registry.local/gateway-emulator:1"],
    ["ports", [{ container: 4110, host: 5000 }]],
    ["startup timeout", 5_000],
    [
      "environment",
      {
        GATEWAY_EMULATOR_STATE: ":memory:",
        GATEWAY_EMULATOR_ACCEPT_BEARER: "1",
        GATEWAY_EMULATOR_LOG: "json",
        GATEWAY_EMULATOR_OPEN_CONTROL: "1",
      },
    ],
    ["files", [{ source: file, target: "/seeds/0-a_b_c.yaml" }]],
    ["directories", [{ source: folder.path, target: `/seeds/1-${name}` }]],
    ["contents", [{ content: JSON.stringify(QUICKSTART), target: "/seeds/2-withSeed.json" }]],
    ["environment", { GATEWAY_EMULATOR_SEED: `/seeds/0-a_b_c.yaml:/seeds/1-${name}:/seeds/2-withSeed.json` }],
  ]);
  const [stream] = streams;
  expect(stream && (await text(stream))).toBe("a line\n");

  expect(gateway.getHost()).toBe("127.0.0.1");
  expect(gateway.getMappedPort(4110)).toBe(emulator.port);
  expect(gateway.getKeys()).toEqual({ "acme-prod": KEY });
  expect(emulator.env.OPENAI_BASE_URL, "as it knows itself").toBe(`http://localhost:${emulator.port}/v1`);
  expect(gateway.getEnvironment()).toMatchObject({
    GATEWAY_EMULATOR_URL: gateway.getUrl(),
    OPENAI_BASE_URL: gateway.getInferenceUrl(),
  });
  expect(await chat(gateway.getUrl(), gateway.getKeys()["acme-prod"])).toBe(200);
  expect(await text(await gateway.logs())).toBe("all lines\n");

  await gateway.stop();
  expect(told.at(-1)).toEqual(["stop", { timeout: 10_000 }]);
});

test("without the package it says how to install it", async () => {
  await expect(new GatewayEmulatorContainer().useDocker().start()).rejects.toThrow(
    /^useDocker\(\) needs the package testcontainers: npm i -D testcontainers$/,
  );
});

test("a container that does not answer as an emulator is stopped again", async () => {
  const { told, testcontainers } = pretendedDocker("http://127.0.0.1:1");
  await expect(new GatewayEmulatorContainer().useDocker(testcontainers).start()).rejects.toThrow();
  expect(told.at(-1)).toEqual(["stop", { timeout: 0 }]);
});
