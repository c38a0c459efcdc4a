import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { httpRequest } from "./load.mjs";

export const SLUG = "acme/llama";
export const KEY = "sky_benchbench01.local-secret";
/** Limits that are checked on every request and never reached. */
const NEVER_REACHED = 1_000_000_000_000;
export const LIMITED_MODEL = {
  slug: SLUG,
  rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: NEVER_REACHED }],
  usage_limits: [{ type: "TOKEN", unit: "DAY", threshold: NEVER_REACHED }],
};

/** One group with one limit per minute and one per day. */
export const SEED = {
  workspaces: [
    {
      name: "acme",
      endpoints: [{ slug: SLUG, targets: [{ provider: "BASETEN", model_id: "3kZ9xqd" }] }],
      groups: [
        {
          external_entity_id: "org",
          models: [LIMITED_MODEL],
          keys: [{ name: "bench", key: KEY }],
        },
      ],
    },
  ],
};

/** The same with `count` groups, each with these limits and a key. */
export function withGroups(count) {
  const [workspace] = SEED.workspaces;
  const groups = Array.from({ length: count }, (_, index) => {
    const id = String(index).padStart(7, "0");
    return {
      external_entity_id: `org-${id}`,
      models: [LIMITED_MODEL],
      keys: [{ name: `org-${id}`, key: `sky_bench${id}.local-secret` }],
    };
  });
  return { workspaces: [{ ...workspace, groups }] };
}

/** A chat request, as the second argument of `fetch`. */
export function chatInit({ content = "Say hello in one short sentence.", stream = false, key = KEY } = {}) {
  const body = {
    model: SLUG,
    messages: [
      { role: "system", content: "You are a helpful assistant." },
      { role: "user", content },
    ],
    max_tokens: 512,
    temperature: 0.7,
    ...(stream ? { stream: true } : {}),
  };
  return {
    method: "POST",
    headers: { Authorization: `Api-Key ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** The bytes of a chat request. */
export function chatRequest(options) {
  const { method, headers, body } = chatInit(options);
  return httpRequest(method, "/v1/chat/completions", headers, body);
}

/** Runs `work` with a temporary folder. */
export async function withFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
