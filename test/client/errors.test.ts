import { describe, expect, test } from "vitest";
import { connectGatewayEmulator, type GatewayWorld, startGatewayEmulator } from "../../src/index.js";
import { QUICKSTART } from "../support/client.js";
import { frameOf, overBothTransports } from "./transports.js";

const HERE = "errors.test.ts";

overBothTransports((open) => {
  describe("errors, at the caller's line", () => {
    test("an unknown field of a filter, an expectation or a group: the one that was meant", async () => {
      await using opened = await open();
      const { client } = opened;
      const misspelt: object = { stauts: 429 };
      const wrong: [use: () => Promise<unknown>, message: string][] = [
        [() => client.requests(misspelt), 'unknown field "stauts"; did you mean "status"?'],
        [() => client.expectRequest(misspelt), 'unknown field "stauts"; did you mean "status"?'],
        [
          () => client.expectRequest({}, { times: 1 } as object),
          'unknown field "times"; there are count, within.',
        ],
        [() => client.billing.events({ gruop: "org" } as object), 'did you mean "group"?'],
        [() => client.webhooks.deliveries({ sate: "dead" } as object), 'did you mean "state"?'],
        [() => client.snapshot({ fiel: "x" } as object), 'did you mean "file"?'],
        [() => client.world("w", { form: "seed" } as object), 'did you mean "from"?'],
        [
          () => client.createGroup(JSON.parse('{"external_entity_id":"e","modles":[]}')),
          'createGroup: unknown field "modles"; did you mean "models"?',
        ],
      ];
      for (const [use, message] of wrong) {
        await expect(use()).rejects.toMatchObject({
          name: "TypeError",
          message: expect.stringContaining(message),
        });
        expect(await frameOf(use())).toContain(HERE);
      }
    });

    test("an argument of another kind: what to pass", async () => {
      await using opened = await open();
      const { client } = opened;
      const notAwaited = Promise.resolve() as unknown as string;
      const wrong: [use: () => Promise<unknown>, message: string][] = [
        [() => client.mintKey(notAwaited), "mintKey: expected what `await createGroup()` answered"],
        [() => client.restore(notAwaited), "restore takes what `await snapshot()` answered"],
        [() => client.restore(JSON.parse("null")), "restore takes what `await snapshot()` answered"],
        [() => client.clock.advance(JSON.parse('{"too":"61s"}')), "advance: expected milliseconds"],
        [() => client.expectRequest({}, { within: "soon" }), "within: expected milliseconds"],
      ];
      for (const [use, message] of wrong) {
        await expect(use()).rejects.toMatchObject({
          name: "TypeError",
          message: expect.stringContaining(message),
        });
        expect(await frameOf(use())).toContain(HERE);
      }
    });

    test("a refusal of the control API: its own words, with place and hint", async () => {
      await using opened = await open();
      const { client } = opened;
      const rule = { match: {}, reply: { content: "x" } };
      const refused: [use: () => Promise<unknown>, message: string | RegExp][] = [
        [() => client.completions.add([rule, { match: {}, reply: { contnet: "x" } } as object]), /1\.reply/],
        [
          () => client.completions.add({ ...rule, match: { lst_message: "x" } as object }),
          'match.lst_message: unknown key; did you mean "last_message"?',
        ],
        [() => client.faults.add({ fault: { staus: 503 } as object }), "staus"],
        [() => client.faults.add({ fault: {} }), "expected at least one of preset"],
        [() => client.clock.set("yesterday"), "set: expected an ISO 8601 time"],
        [() => client.clock.set("2020-01-01T00:00:00Z"), "cannot go back"],
        [() => client.snapshot({ name: "" }), "name"],
      ];
      for (const [use, message] of refused) {
        await expect(use()).rejects.toThrow(message);
        await expect(use()).rejects.toMatchObject({
          name: "ControlError",
          status: 400,
          code: "VALIDATION_ERROR",
        });
        expect(await frameOf(use())).toContain(HERE);
      }
    });

    test("a refusal of the management API: its own words", async () => {
      await using opened = await open();
      const { client } = opened;
      const again = () => client.createGroup({ external_entity_id: "org", models: ["acme/llama"] });
      await expect(again()).rejects.toMatchObject({
        name: "ManagementError",
        status: 400,
        message: expect.stringMatching(/^POST \/v1\/gateway\/groups was refused with 400: .*org/),
      });
      for (const use of [again, () => client.mintKey("nowhere")])
        expect(await frameOf(use())).toContain(HERE);
    });

    test("a file that cannot be read or written", async () => {
      await using opened = await open();
      const { client } = opened;
      for (const use of [
        () => client.restore({ file: "fixtures/nowhere/x.db" }),
        () => client.snapshot({ file: "fixtures/nowhere/x.db" }),
        () => client.seed("fixtures/nowhere.yaml"),
      ]) {
        await expect(use()).rejects.toThrow(/ENOENT|no such file/);
        expect(await frameOf(use())).toContain(HERE);
      }
    });
  });
});

describe("in process", () => {
  test("a world that has ended, and an emulator that was stopped", async () => {
    const gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const world = await gateway.world("w1");
    const waiting = expect(world.expectRequest({}, { within: "10m" })).rejects.toThrow(
      'world "w1" has ended',
    );
    await world.clock.read();
    await gateway.removeWorld("w1");
    await waiting;
    const uses = (one: GatewayWorld) => [
      () => one.requests(),
      () => one.reset(),
      () => one.clock.advance("1s"),
      () => one.faults.clear(),
      () => one.webhooks.deliveries(),
      () => one.mintKey("org"),
    ];
    const ended = (name: string) =>
      `The world "${name}" has ended: it was removed, or its emulator was stopped before this call. Is an await missing?`;
    for (const use of uses(world)) await expect(use()).rejects.toThrow(ended("w1"));
    await gateway.stop();
    for (const use of [...uses(gateway), () => gateway.world("w2")]) {
      await expect(use()).rejects.toThrow(ended("default"));
      expect(await frameOf(use())).toContain(HERE);
    }
    expect([world.name, gateway.keys]).toEqual(["w1", { "acme-prod": expect.any(String) }]);
  });

  test("a stop waits for calls that were made before it", async () => {
    const calls = async () => {
      await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
      return [gateway.billing.reconcile(), gateway.world("w1")] as const;
    };
    const [differences, world] = await calls();
    expect(await differences).toEqual([]);
    expect((await world).name).toBe("w1");
  });

  test("a seed with a typo: path and nearest key", async () => {
    const start = () => startGatewayEmulator({ seed: { workspaces: [{ nmae: "acme" }] } as object });
    await expect(start()).rejects.toThrow(/workspaces\.0.*nmae.*name/s);
    expect(await frameOf(start())).toContain(HERE);
  });

  test("a port in use", async () => {
    await using gateway = await startGatewayEmulator();
    const start = () => startGatewayEmulator({ port: gateway.port });
    await expect(start()).rejects.toThrow(`Cannot listen on 127.0.0.1:${gateway.port}: the port is in use.`);
    expect(await frameOf(start())).toContain(HERE);
  });

  test("an unknown option: the nearest one", async () => {
    const misspelt = JSON.parse('{"seeed":"fixtures/quickstart.yaml"}');
    await expect(startGatewayEmulator(misspelt)).rejects.toThrow(
      'startGatewayEmulator: unknown option "seeed"; did you mean "seed"?',
    );
    expect(await frameOf(startGatewayEmulator(misspelt))).toContain(HERE);
  });
});

describe("over HTTP", () => {
  test("no emulator behind the URL, or one that stopped", async () => {
    const gateway = await startGatewayEmulator();
    const remote = await connectGatewayEmulator(gateway.url);
    await gateway.stop();
    // The code is of a refused connection, or of one that just ends.
    const message = expect.stringMatching(
      `^No gateway-emulator answers at ${gateway.url} \\([A-Z_]+\\): is it running\\?$`,
    );
    for (const use of [
      () => remote.requests(),
      () => remote.mintKey("org"),
      () => connectGatewayEmulator(gateway.url),
    ]) {
      await expect(use()).rejects.toMatchObject({ name: "ControlError", status: null, message });
      expect(await frameOf(use())).toContain(HERE);
    }
  });

  test("a stop does not wait for a client that waits for requests", async () => {
    const gateway = await startGatewayEmulator();
    const remote = await connectGatewayEmulator(gateway.url);
    const expected = remote.expectRequest({}, { within: "10m" });
    const ended = expect(expected).rejects.toBeInstanceOf(Error);
    await remote.clock.read();
    await gateway.stop();
    await ended;
  });

  test("a world that was removed: names those that there are", async () => {
    await using gateway = await startGatewayEmulator();
    const world = await (await connectGatewayEmulator(gateway.url)).world("w1");
    await gateway.removeWorld("w1");
    await expect(world.requests()).rejects.toThrow('There is no world "w1"; there are default.');
  });

  test("something else that answers", async () => {
    await using gateway = await startGatewayEmulator();
    const elsewhere = connectGatewayEmulator(`${gateway.url}/elsewhere`);
    await expect(elsewhere).rejects.toMatchObject({ name: "ControlError", status: 404 });
  });
});
