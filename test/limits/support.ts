import OpenAI from "openai";
import type { LimitType, RateUnit, UsageUnit } from "../../src/domain/model.js";
import type { GatewayEmulator, SeedInput } from "../../src/index.js";
import { type Answered, BASETEN_TARGET, call, management } from "../support/client.js";

/** Far from midnight, and on a whole minute. */
export const NOON = "2026-06-17T12:00:00Z";
export const SLUG = "acme/llama";
/** A second slug that every group of {@link world} can be given, and that has an endpoint. */
export const OTHER_SLUG = "acme/glm";

type WorkspaceInput = NonNullable<SeedInput["workspaces"]>[number];
type GroupInput = NonNullable<WorkspaceInput["groups"]>[number];
type ModelInput = GroupInput["models"][number];

export interface RateLimit {
  type: LimitType;
  unit: RateUnit;
  threshold: number;
}

export interface UsageLimit {
  type: LimitType;
  unit: UsageUnit;
  threshold: number;
}

export const perSecond = (type: LimitType, threshold: number): RateLimit => ({
  type,
  unit: "SECOND",
  threshold,
});
export const perMinute = (type: LimitType, threshold: number): RateLimit => ({
  type,
  unit: "MINUTE",
  threshold,
});
export const perDay = (type: LimitType, threshold: number): UsageLimit => ({ type, unit: "DAY", threshold });

/** A slug of a group with its limits, for seeds and for bodies of the management API alike. */
export function model(slug: string, ...limits: (RateLimit | UsageLimit)[]): ModelInput {
  return {
    slug,
    rate_limits: limits.filter((limit) => limit.unit !== "DAY"),
    usage_limits: limits.filter((limit) => limit.unit === "DAY"),
  };
}

/** A group with these limits for {@link SLUG} and one key, both called `id` (at most 12 characters). */
export function group(
  id: string,
  limits: (RateLimit | UsageLimit)[],
  more: Partial<GroupInput> = {},
): GroupInput {
  return {
    external_entity_id: id,
    models: [model(SLUG, ...limits)],
    keys: [{ name: id, key: keyText(id) }],
    ...more,
  };
}

/** A federated key; its first 16 characters are its prefix. */
export function keyText(name: string): string {
  return `sky_${name.padEnd(12, "0")}.local-secret`;
}

/** One workspace with endpoints for both slugs, on a clock that is frozen at noon. */
export function world(groups: GroupInput[], more: Omit<SeedInput, "workspaces"> = {}): SeedInput {
  return {
    clock: NOON,
    ...more,
    workspaces: [
      {
        name: "acme",
        endpoints: [SLUG, OTHER_SLUG].map((slug) => ({ slug, targets: [BASETEN_TARGET] })),
        groups,
      },
    ],
  };
}

export interface ChatOptions {
  slug?: string;
  /** Exact charge: `<prompt>/<completion>`. */
  usage?: string;
  /** Further fields of the body. */
  body?: object;
  headers?: Record<string, string>;
}

/** The plaintext of a key that the seed named. */
export function keyOf(gateway: GatewayEmulator, name: string): string {
  const key = gateway.keys[name];
  if (key === undefined) throw new Error(`the seed names no key ${name}`);
  return key;
}

/** One chat completion with the key that the seed calls `name`. */
export function chat(gateway: GatewayEmulator, name: string, options: ChatOptions = {}): Promise<Answered> {
  return chatWith(gateway, keyOf(gateway, name), options);
}

/** One chat completion with this key. */
export function chatWith(
  gateway: GatewayEmulator,
  key: string | null,
  { slug = SLUG, usage, body, headers }: ChatOptions = {},
): Promise<Answered> {
  return call(gateway, "POST", "/v1/chat/completions", {
    key,
    body: { model: slug, messages: [{ role: "user", content: "Hello, world!" }], ...body },
    headers: { ...headers, ...(usage === undefined ? {} : { "x-emulator-usage": usage }) },
  });
}

/** Only the status of {@link chat}. */
export async function status(
  gateway: GatewayEmulator,
  name: string,
  options: ChatOptions = {},
): Promise<number> {
  return (await chat(gateway, name, options)).status;
}

/** A group as the management API shows it. */
export async function groupOf(gateway: GatewayEmulator, entity: string) {
  const found = await management(gateway).get(`/groups?external_entity_id=${entity}`);
  return found.body.items[0];
}

/** `usage` of a group for {@link SLUG}, as the management API shows it. */
export async function usageOf(gateway: GatewayEmulator, entity: string) {
  const { id } = await groupOf(gateway, entity);
  return (await management(gateway).get(`/groups/${id}/usage`)).body.usage[SLUG];
}

/** Sets the limits of a group for {@link SLUG}. */
export async function setLimits(
  gateway: GatewayEmulator,
  entity: string,
  ...limits: (RateLimit | UsageLimit)[]
): Promise<Answered> {
  const { id } = await groupOf(gateway, entity);
  return management(gateway).patch(`/groups/${id}`, { models: [model(SLUG, ...limits)] });
}

/** What `x-emulator-decision` of an answer leads to. */
export async function decisionOf(gateway: GatewayEmulator, answer: { headers: Headers }) {
  const id = answer.headers.get("x-emulator-decision");
  return (await call(gateway, "GET", `/_emulator/decisions/${id}`, { key: null })).body;
}

/** The official client, set up as users of the gateway do, and without retries. */
export function openai(gateway: GatewayEmulator, name: string): OpenAI {
  const apiKey = keyOf(gateway, name);
  return new OpenAI({
    baseURL: gateway.inferenceUrl,
    apiKey,
    maxRetries: 0,
    defaultHeaders: { Authorization: `Api-Key ${apiKey}` },
  });
}
