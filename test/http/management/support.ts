import { request } from "node:http";
import { expect } from "vitest";
import type { GatewayEmulator, SeedInput } from "../../../src/index.js";
import { type Answered, BASETEN_TARGET, call, management } from "../../support/client.js";

/** Workspace keys of {@link TWO_WORKSPACES}, by what they may do. */
export const KEYS = {
  acme: "acmeall1.manage-all",
  personal: "acmepers.personal",
  viewing: "acmeview.manage-api-keys",
  invoking: "acmeinvk.invoke",
  metrics: "acmemetr.export-metrics",
  globex: "globall1.manage-all",
  dormant: "dormall1.manage-all",
} as const;

/** `acme` and `globex` with one endpoint and one group each, and `dormant`, which is not onboarded. */
export const TWO_WORKSPACES: SeedInput = {
  clock: "2026-06-17T12:00:00Z",
  workspaces: [
    {
      name: "acme",
      api_keys: [
        { key: KEYS.acme },
        { key: KEYS.personal, type: "PERSONAL" },
        { key: KEYS.viewing, type: "WORKSPACE_MANAGE_API_KEYS" },
        { key: KEYS.invoking, type: "WORKSPACE_INVOKE" },
        { key: KEYS.metrics, type: "WORKSPACE_EXPORT_METRICS" },
      ],
      endpoints: [{ slug: "acme/llama", targets: [BASETEN_TARGET] }],
      groups: [
        {
          external_entity_id: "org",
          models: [{ slug: "acme/llama" }],
          keys: [{ name: "acme-prod", key: "sky_acmeprod0001.local-secret" }],
        },
      ],
    },
    {
      name: "globex",
      api_keys: [{ key: KEYS.globex }],
      endpoints: [{ slug: "globex/llama", targets: [BASETEN_TARGET] }],
      groups: [
        {
          external_entity_id: "globex-org",
          models: [{ slug: "globex/llama" }],
          keys: [{ name: "globex-prod", key: "sky_globexprod01.local-secret" }],
        },
      ],
    },
    { name: "dormant", onboarded: false, api_keys: [{ key: KEYS.dormant }] },
  ],
};

/** `code` by status. */
const CODES: Readonly<Record<number, string>> = {
  400: "VALIDATION_ERROR",
  401: "UNAUTHENTICATED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
};

/** The bytes of an error whose message the contract gives. */
export function errorText(status: number, message: string): string {
  return JSON.stringify({ code: CODES[status], message });
}

/** Expects an error in the shape of A-5, its message naming every one of `words`. */
export function expectRefusal(answer: Answered, status: number, ...words: string[]): void {
  expect(answer).toMatchObject({ status, body: { code: CODES[status], message: expect.any(String) } });
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.text).toBe(errorText(status, answer.body.message));
  for (const word of words) expect(answer.body.message).toContain(word);
}

/** Expects the error that `message` is the text of, to the byte. */
export function expectExactly(answer: Answered, status: number, message: string): void {
  expect([answer.status, answer.text]).toEqual([status, errorText(status, message)]);
}

interface GroupFields {
  readonly name?: string | null;
  readonly models?: readonly object[];
  readonly parent?: string | null;
  readonly mode?: "INDEPENDENT" | "CASCADING";
}

/** A body for `POST /groups`: one slug without limits, a root, unless told otherwise. */
export function groupBody(externalEntityId: string, fields: GroupFields = {}) {
  const { name, models = [{ slug: "acme/llama" }], parent, mode } = fields;
  return {
    metadata: { external_entity_id: externalEntityId, ...(name === undefined ? {} : { name }) },
    models,
    hierarchy: {
      ...(mode === undefined ? {} : { limit_enforcement: mode }),
      ...(parent === undefined ? {} : { parent_group_id: parent }),
    },
  };
}

/** Creates a group and answers its id. */
export async function createGroup(gateway: GatewayEmulator, entity: string, fields: GroupFields = {}) {
  const created = await management(gateway).post("/groups", groupBody(entity, fields));
  expect(created).toMatchObject({ status: 200 });
  return String(created.body.id);
}

/** The id of the group with this `external_entity_id`. */
export async function groupId(gateway: GatewayEmulator, entity: string, key?: string): Promise<string> {
  const found = await management(gateway, key).get(
    `/groups?external_entity_id=${encodeURIComponent(entity)}`,
  );
  expect(found.body.items).toHaveLength(1);
  return found.body.items[0].id;
}

/** The id of the first endpoint in the list. */
export async function endpointId(gateway: GatewayEmulator, key?: string): Promise<string> {
  const found = await management(gateway, key).get("/endpoints");
  return found.body.items[0].id;
}

/** A new key of the group, whole. */
export async function mintKey(gateway: GatewayEmulator, group: string): Promise<string> {
  const minted = await management(gateway).post(`/groups/${group}/api_keys`, {});
  expect(minted).toMatchObject({ status: 200 });
  return minted.body.api_key;
}

/** One chat request, charged as `10/9` tokens unless told otherwise. */
export function chat(gateway: GatewayEmulator, key: string, model = "acme/llama", usage = "10/9") {
  return call(gateway, "POST", "/v1/chat/completions", {
    key,
    headers: { "x-emulator-usage": usage },
    body: { model, messages: [{ role: "user", content: "hi" }] },
  });
}

/** Moves the emulator's clock on. */
export async function advance(
  gateway: GatewayEmulator,
  to: { by: string | number } | { to: string },
): Promise<void> {
  const moved = await call(gateway, "POST", "/_emulator/clock/advance", { body: to });
  expect(moved).toMatchObject({ status: 200 });
}

/**
 * Starts a POST whose head has reached the emulator and whose body has not.
 * @returns sends the body and answers the status
 */
export function opened(
  gateway: GatewayEmulator,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<(body: string) => Promise<number>> {
  return new Promise((resolve, reject) => {
    const pending = request(`${gateway.url}/v1/gateway${path}`, {
      method: "POST",
      headers: { Authorization: `Api-Key ${gateway.workspaceKey}`, Expect: "100-continue", ...headers },
    });
    pending.on("error", reject);
    pending.on("continue", () => resolve((body) => finish(body)));
    pending.flushHeaders();

    const finish = (body: string): Promise<number> =>
      new Promise((answered) => {
        pending.on("response", (response) => {
          response.resume();
          response.on("end", () => answered(response.statusCode ?? 0));
        });
        pending.end(body);
      });
  });
}

/** Method and path of every route that takes a body. */
export async function routesWithBody(gateway: GatewayEmulator): Promise<(readonly [string, string])[]> {
  const [group, endpoint] = [await groupId(gateway, "org"), await endpointId(gateway)];
  return [
    ["POST", "/v1/gateway/endpoints"],
    ["PATCH", `/v1/gateway/endpoints/${endpoint}`],
    ["POST", "/v1/gateway/groups"],
    ["PATCH", `/v1/gateway/groups/${group}`],
    ["POST", `/v1/gateway/groups/${group}/api_keys`],
  ];
}

/** Everything a management call can change, as text. */
export async function everything(gateway: GatewayEmulator): Promise<string> {
  const api = management(gateway);
  const groups = await api.get("/groups?limit=1000");
  const keys = [];
  for (const { id } of groups.body.items) keys.push((await api.get(`/groups/${id}/api_keys`)).text);
  return [groups.text, (await api.get("/endpoints?limit=1000")).text, ...keys].join("\n");
}
