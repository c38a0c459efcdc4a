import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { CHAT, FEDERATED_KEY, HELLO } from "../support/chat.js";
import { call, QUICKSTART } from "../support/client.js";

/** A domain of somebody, which the emulator accepts when it is told to (Y-60). */
const WHITE_LABEL = "llm.acme.example";

interface HostAnswer {
  readonly status: number;
  readonly text: string;
  readonly allow: string | undefined;
}

/** One request with a `Host` header of the caller's choice, which fetch does not allow. */
function ask(
  gateway: GatewayEmulator,
  host: string,
  method: string,
  path: string,
  key: string = gateway.workspaceKey,
  body?: object,
): Promise<HostAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port: gateway.port,
        method,
        path,
        agent: false,
        headers: { Host: host, Authorization: `Api-Key ${key}`, "Content-Type": "application/json" },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, text, allow: response.headers.allow }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const MANAGEMENT_404 = '{"code":"NOT_FOUND","message":"Not found."}';
const MANAGEMENT_405 = '{"code":"METHOD_NOT_ALLOWED","message":"Method not allowed."}';
const INFERENCE_404 = '{"error":"not found"}';
const INFERENCE_405 = '{"error":"method not allowed"}';

describe("the Host header", () => {
  test.each(["api.baseten.co", "api.localhost:4110", "API.Baseten.CO"])(
    "%s is the management API",
    async (host) => {
      await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
      expect((await ask(gateway, host, "GET", "/v1/gateway/groups")).status).toBe(200);
      const chat = await ask(gateway, host, "POST", CHAT, FEDERATED_KEY, HELLO);
      expect([chat.status, chat.text]).toEqual([404, MANAGEMENT_404]);
    },
  );

  test.each(["inference.baseten.co", "inference.localhost:4110", "INFERENCE.baseten.co"])(
    "%s is the inference API",
    async (host) => {
      await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
      expect((await ask(gateway, host, "POST", CHAT, FEDERATED_KEY, HELLO)).status).toBe(200);
      const groups = await ask(gateway, host, "GET", "/v1/gateway/groups");
      expect([groups.status, groups.text]).toEqual([404, INFERENCE_404]);
    },
  );

  test.each([WHITE_LABEL, "localhost", "127.0.0.1:4110", "api", "inference", "apis.baseten.co"])(
    "%s is the plain host: both, by path",
    async (host) => {
      await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
      expect((await ask(gateway, host, "GET", "/v1/gateway/groups")).status).toBe(200);
      expect((await ask(gateway, host, "POST", CHAT, FEDERATED_KEY, HELLO)).status).toBe(200);
    },
  );

  test.each(["api.baseten.co", "inference.baseten.co", WHITE_LABEL])(
    "the emulator's own paths are there on %s",
    async (host) => {
      await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
      expect((await ask(gateway, host, "GET", "/_emulator/health")).status).toBe(200);
    },
  );
});

describe("the prefix /_host/<hostname>", () => {
  test("stands for the Host header, query included", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
    const found = await call(
      gateway,
      "GET",
      "/_host/api.baseten.co/v1/gateway/groups?external_entity_id=org&limit=1",
    );
    expect(found.body.items).toHaveLength(1);
    const none = await call(gateway, "GET", "/_host/api.baseten.co/v1/gateway/groups?external_entity_id=x");
    expect(none.body.items).toEqual([]);
    const chat = await call(gateway, "POST", `/_host/inference.baseten.co${CHAT}`, {
      key: FEDERATED_KEY,
      body: HELLO,
    });
    expect(chat.status).toBe(200);
  });

  test("keeps the surfaces apart", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
    const chat = await call(gateway, "POST", `/_host/api.baseten.co${CHAT}`, { body: HELLO });
    expect([chat.status, chat.text]).toEqual([404, MANAGEMENT_404]);
    const groups = await call(gateway, "GET", "/_host/inference.baseten.co/v1/gateway/groups");
    expect([groups.status, groups.text]).toEqual([404, INFERENCE_404]);
  });

  test("wins over the Host header", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
    const path = "/_host/api.baseten.co/v1/gateway/groups";
    expect((await ask(gateway, "inference.baseten.co", "GET", path)).status).toBe(200);
  });

  test("any other hostname is the plain host", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
    const prefix = `/_host/${WHITE_LABEL}`;
    expect((await call(gateway, "GET", `${prefix}/v1/gateway/groups`)).status).toBe(200);
    const chat = await call(gateway, "POST", prefix + CHAT, { key: FEDERATED_KEY, body: HELLO });
    expect(chat.status).toBe(200);
  });

  test("path parameters are found behind it", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
    const { id } = (await call(gateway, "GET", "/v1/gateway/groups")).body.items[0];
    const answer = await call(gateway, "GET", `/_host/api.baseten.co/v1/gateway/groups/${id}`);
    expect(answer.body.id).toBe(id);
  });

  test.each(["/_host", "/_host/", "/_host/api.baseten.co", "/_host/inference.baseten.co/"])(
    "%s alone leads nowhere",
    async (path) => {
      await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
      expect((await call(gateway, "GET", path)).status).toBe(404);
    },
  );
});

describe("unknown paths and wrong methods (X-18)", () => {
  test.each([
    ["inference.baseten.co", "GET", "/", 404, INFERENCE_404],
    ["inference.baseten.co", "GET", "/v1/nothing", 404, INFERENCE_404],
    ["inference.baseten.co", "POST", "/v1/chat/completions/", 404, INFERENCE_404],
    ["inference.baseten.co", "GET", CHAT, 405, INFERENCE_405],
    ["inference.baseten.co", "PUT", "/v1/models", 405, INFERENCE_405],
    ["api.baseten.co", "GET", "/", 404, MANAGEMENT_404],
    ["api.baseten.co", "GET", "/v1/gateway/nothing", 404, MANAGEMENT_404],
    ["api.baseten.co", "PUT", "/v1/gateway/groups", 405, MANAGEMENT_405],
    ["api.baseten.co", "POST", "/v1/gateway/groups/abcd1234", 405, MANAGEMENT_405],
    [WHITE_LABEL, "GET", "/v1/nothing", 404, INFERENCE_404],
    [WHITE_LABEL, "GET", CHAT, 405, INFERENCE_405],
    [WHITE_LABEL, "GET", "/v1/gateway/nothing", 404, MANAGEMENT_404],
    [WHITE_LABEL, "DELETE", "/v1/gateway/groups", 405, MANAGEMENT_405],
  ])("%s %s %s", async (host, method, path, status, text) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
    const answer = await ask(gateway, host, method, path);
    expect([answer.status, answer.text]).toEqual([status, text]);
  });

  test("405 says what is allowed", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
    const allowed = async (path: string) =>
      (await ask(gateway, "localhost", "PUT", path)).allow?.split(", ").sort();
    expect(await allowed(CHAT)).toEqual(["POST"]);
    expect(await allowed("/v1/models")).toEqual(["GET", "HEAD"]);
    expect(await allowed("/v1/gateway/groups")).toEqual(["GET", "HEAD", "POST"]);
    expect(await allowed("/v1/gateway/groups/abcd1234")).toEqual(["DELETE", "GET", "HEAD", "PATCH"]);
  });
});

describe("/v1/models on both hosts (X-24)", () => {
  test.each(["inference.baseten.co", "localhost", WHITE_LABEL])("%s: the catalogue", async (host) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
    const answer = await ask(gateway, host, "GET", "/v1/models", FEDERATED_KEY);
    expect([answer.status, JSON.parse(answer.text).data[0].id]).toEqual([200, "acme/llama"]);
  });

  test("the management host never answers the catalogue, and speaks its own dialect", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, allowedHosts: [WHITE_LABEL] });
    const own = await ask(gateway, "api.baseten.co", "GET", "/v1/models");
    expect(JSON.parse(own.text).data).toBeUndefined();
    const federated = await ask(gateway, "api.baseten.co", "GET", "/v1/models", FEDERATED_KEY);
    expect(JSON.parse(federated.text)).toHaveProperty("code");
  });
});
