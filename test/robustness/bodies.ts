import { FEDERATED_KEY, SLUG } from "./subject.js";

/** Bodies for one route: one that works, and values that do not, field by field. */
export interface BodyTable {
  readonly valid: Readonly<Record<string, unknown>>;
  /** Dotted path to JSON texts, none of which may stand there. Absent parents are made. */
  readonly wrong: Readonly<Record<string, readonly string[]>>;
  /** A field of `valid` that takes a text and nothing else. */
  readonly text: string;
  /** Whether `{}` is fine; `body` when no body at all is as good. */
  readonly empty?: "object" | "body";
}

const json = (value: unknown): string => JSON.stringify(value);
const MEGABYTE = 1024 * 1024;
const LONG = json("x".repeat(MEGABYTE));
const OVER_255 = json("x".repeat(256));

const NOT_TEXT = ["0", "-1.5", "true", "[]", "{}", '["a"]', '{"a":"b"}'];
const NO_TEXT = ["null", ...NOT_TEXT];
const NOT_CHOICE = ['""', '"x"', '"__proto__"', ...NOT_TEXT];
const NO_CHOICE = ["null", ...NOT_CHOICE];
const NOT_OBJECT = ["[]", '"x"', "1", "true"];
const NO_OBJECT = ["null", ...NOT_OBJECT];
const NOT_LIST = ["{}", '"x"', "1", "true", "[null]", "[1]", '["x"]', "[[]]"];
const NO_LIST = ["null", ...NOT_LIST];
/** Not an integer of at least 1: negative, fractional, huge beyond every number, beyond exact integers. */
const NO_COUNT = [
  "null",
  "0",
  "-1",
  "-0",
  "1.5",
  "1e400",
  "-1e400",
  "9007199254740993",
  '"1"',
  "true",
  "[]",
  "{}",
];
const NOT_SLUG = [
  '""',
  '"x"',
  '"/"',
  '"acme/"',
  '"/x"',
  '"acme/a/b"',
  '"acme/a b"',
  '"acme/\\u0000"',
  '"acme/é"',
  '"acme/x\\n"',
  json(`acme/${"x".repeat(MEGABYTE)} `),
  ...NOT_TEXT,
];
const NO_SLUG = ["null", ...NOT_SLUG];
const NOT_NUMBER = ['"1"', "true", "[]", "{}"];

const TARGET = { provider: "BASETEN", model_id: "m" };
const WRONG_TARGET = {
  "targets.0.provider": NO_CHOICE,
  "targets.0.model_id": [...NO_TEXT, '""', LONG],
  "targets.0.environment_name": [...NOT_TEXT, '""'],
  "targets.0.secret_id": ['"s"', ...NOT_TEXT],
  "targets.0.base_url": ['"https://example.com"'],
  "targets.0.vertex_config": ["{}", "[]", '{"project_id":"p","location":"l"}'],
};
const LIMIT = { type: "TOKEN", threshold: 5 };
const WRONG_MODEL = {
  "models.0.slug": NO_SLUG,
  "models.0.rate_limits": [...NOT_LIST, json([LIMIT]), json(Array(2).fill({ ...LIMIT, unit: "MINUTE" }))],
  "models.0.rate_limits.0.type": NO_CHOICE,
  "models.0.rate_limits.0.unit": [...NO_CHOICE, '"DAY"', '"HOUR"'],
  "models.0.rate_limits.0.threshold": NO_COUNT,
  "models.0.usage_limits": [...NOT_LIST, json(Array(2).fill({ ...LIMIT, unit: "DAY" }))],
  "models.0.usage_limits.0.type": NO_CHOICE,
  "models.0.usage_limits.0.unit": [...NO_CHOICE, '"MINUTE"'],
  "models.0.usage_limits.0.threshold": NO_COUNT,
};
const MODEL = {
  slug: SLUG,
  rate_limits: [{ ...LIMIT, unit: "MINUTE" }],
  usage_limits: [{ ...LIMIT, unit: "DAY" }],
};

const WORKSPACE_KEY: BodyTable = {
  text: "name",
  valid: { name: "ci", type: "WORKSPACE_INVOKE", model_ids: ["m"] },
  wrong: {
    name: [...NOT_TEXT, OVER_255, LONG],
    type: [...NO_CHOICE, '"PERSONAL"', '"WORKSPACE_MANAGE_ALL"', '"workspace_invoke"'],
    model_ids: [...NOT_LIST, "[]", '[""]', '["m","unknown"]', json(["x".repeat(256)])],
  },
};

const CHAT: BodyTable = {
  text: "model",
  valid: { model: SLUG, messages: [{ role: "user", content: "Hi" }] },
  wrong: {
    model: [...NO_TEXT, '""', '"acme/unknown"', '"__proto__"', '"acme/llama "', LONG],
    messages: [...NO_LIST, "[]"],
    "messages.0.role": [...NO_CHOICE, LONG],
    "messages.0.content": ["null", "1", "true", "{}", "[1]", '[{"type":"x"}]', '[{"type":"text"}]'],
    "messages.0.name": NO_TEXT,
    "messages.0.tool_calls": ["1", '"x"', "{}", "[1]", "[{}]", '[{"id":1}]'],
    temperature: [...NOT_NUMBER, "-0.1", "2.1", "1e400", "-1e400"],
    max_tokens: [...NOT_NUMBER, "0", "-1", "1.5", "262145", "1e400"],
    max_completion_tokens: [...NOT_NUMBER, "0", "-1", "1.5", "1e400"],
    top_p: [...NOT_NUMBER, "0", "-1", "1.1", "1e400"],
    top_k: [...NOT_NUMBER, "null", "1.5", "1e400"],
    frequency_penalty: NOT_NUMBER,
    n: [...NOT_NUMBER, "0", "2", "-1", "1.5", "1e400"],
    stop: ["1", "true", "{}", '""', "[1]", '[""]', json(Array(33).fill("x")), LONG],
    seed: [...NOT_NUMBER, "1.5", "1e400"],
    logit_bias: ["1", "[]", '"x"', '{"1":"x"}', '{"1":101}', '{"1":-1e400}', '{"1":null}'],
    logprobs: ["1", '"true"', "[]", "{}"],
    top_logprobs: [...NOT_NUMBER, "-1", "21", "1", "0.5"],
    stream: ["1", '"true"', "[]", "{}"],
    stream_options: ["1", '"x"', "[]", '{"x":1}', '{"include_usage":1}', '{"include_usage":null}'],
    response_format: [
      "1",
      '"json"',
      "[]",
      "{}",
      '{"type":"x"}',
      '{"type":"json_schema"}',
      '{"type":"text","x":1}',
    ],
    tools: ["1", "{}", "[1]", "[{}]", '[{"type":"x"}]', '[{"type":"function","function":{}}]'],
    tool_choice: ["1", '"x"', "[]", "{}", '{"type":"function"}'],
    metadata: ["1", '"x"', "[]", "true"],
    documents: ["1", '"x"', "{}", "[1]"],
  },
};

/** By method and pattern. Where a value would be fine, it is not in the table. */
export const BODIES: Readonly<Record<string, BodyTable>> = {
  "POST /v1/gateway/endpoints": {
    text: "slug",
    valid: { slug: "acme/new", targets: [TARGET], region: "EU" },
    wrong: {
      slug: [...NO_SLUG, json(SLUG), '"stranger/new"'],
      targets: [...NO_LIST, "[]", json([TARGET, TARGET])],
      region: NOT_CHOICE,
      ...WRONG_TARGET,
    },
  },
  "PATCH /v1/gateway/endpoints/:id": {
    text: "slug",
    valid: { slug: "acme/renamed", targets: [{ ...TARGET, model_id: "another" }] },
    wrong: { slug: [...NOT_SLUG, '"acme/glm"'], targets: [...NOT_LIST, "[]"], ...WRONG_TARGET },
    empty: "body",
  },
  "POST /v1/gateway/groups": {
    text: "metadata.external_entity_id",
    valid: {
      metadata: { external_entity_id: "new", name: "New" },
      models: [MODEL],
      hierarchy: { limit_enforcement: "INDEPENDENT" },
    },
    wrong: {
      metadata: NO_OBJECT,
      "metadata.external_entity_id": [...NO_TEXT, '""', OVER_255, LONG, '"org"'],
      "metadata.name": [...NOT_TEXT, OVER_255, LONG],
      models: [...NO_LIST, "[]", json([MODEL, MODEL])],
      hierarchy: NO_OBJECT,
      "hierarchy.limit_enforcement": NOT_CHOICE,
      "hierarchy.parent_group_id": [...NOT_TEXT, '""', '"nothing"', '"__proto__"'],
      ...WRONG_MODEL,
    },
  },
  "PATCH /v1/gateway/groups/:id": {
    text: "metadata.name",
    valid: { metadata: { name: "Renamed" }, models: [MODEL] },
    wrong: {
      metadata: NOT_OBJECT,
      "metadata.name": [...NOT_TEXT, OVER_255, LONG],
      "metadata.external_entity_id": [...NO_TEXT, '"new"'],
      models: NOT_LIST,
      hierarchy: ["null", "{}", "[]", '{"limit_enforcement":"CASCADING"}'],
      ...WRONG_MODEL,
    },
  },
  "POST /v1/gateway/groups/:id/api_keys": {
    text: "name",
    valid: { name: "another" },
    wrong: { name: [...NOT_TEXT, OVER_255, LONG] },
    empty: "body",
  },
  "POST /v1/gateway/groups/:id/api_keys/register": {
    text: "key",
    valid: { key: "sky_registered01.Zk3vQ9xW7mB2nR5tY8", name: "own" },
    wrong: {
      key: [
        ...NO_TEXT,
        '""',
        '"short"',
        json("a".repeat(64)),
        json("abcdefgh0123456789".repeat(8)),
        json(`${FEDERATED_KEY.slice(0, 16)}.Zk3vQ9xW7mB2nR5tY8`),
        LONG,
      ],
      name: [...NOT_TEXT, OVER_255],
    },
  },
  "POST /v1/api_keys": WORKSPACE_KEY,
  "POST /v1/teams/:id/api_keys": WORKSPACE_KEY,
  "POST /v1/secrets": {
    text: "name",
    valid: { name: "openai-key", value: "sk-1" },
    wrong: { name: [...NO_TEXT, '""', OVER_255, LONG], value: [...NO_TEXT, LONG] },
  },
  "POST /v1/chat/completions": CHAT,
  "POST /v1/:account/:gateway/baseten/v1/chat/completions": CHAT,
  "POST /production/sync/v1/chat/completions": CHAT,
  "POST /development/sync/v1/chat/completions": CHAT,
  "POST /environments/:env_name/sync/v1/chat/completions": CHAT,
  "POST /deployment/:deployment_id/sync/v1/chat/completions": CHAT,
  "POST /sync/v1/chat/completions": CHAT,
  "POST /v1/:account/:gateway/baseten/chat/completions": CHAT,
  "POST /v1/:account/:gateway/compat/chat/completions": {
    ...CHAT,
    valid: { ...CHAT.valid, model: `baseten/${SLUG}` },
    // The AI Gateway writes this body anew, and JSON has no word for what is beyond every number.
    wrong: Object.fromEntries(
      Object.entries(CHAT.wrong).map(([path, values]) => [
        path,
        values.filter((one) => !/^-?1e400$/.test(one)),
      ]),
    ),
  },
  "POST /_emulator/seed": {
    text: "workspaces.0.name",
    empty: "object",
    valid: {
      workspaces: [
        {
          name: "acme",
          groups: [
            {
              external_entity_id: "seeded",
              models: [{ slug: SLUG }],
              keys: [{ name: "seeded", key: "sky_seeded000001.secret" }],
            },
          ],
        },
      ],
    },
    wrong: {
      clock: ['"yesterday"', "null", "1", '""', '"2026-13-01T00:00:00Z"'],
      random_seed: ["1.5", "null", "[]"],
      settings: NO_OBJECT,
      "settings.accept_bearer": ["null", "1", '"yes"'],
      "settings.unknown": ["1"],
      "settings.max_body_bytes": ["0", "-1", "1e400", "1.5", '"1"'],
      workspaces: NO_LIST,
      "workspaces.0.name": [...NO_TEXT, '""', OVER_255],
      "workspaces.0.unknown": ["1"],
      "workspaces.0.org_prefixes": NO_LIST.filter((value) => value !== '["x"]'),
      "workspaces.0.registration_public_key": [...NO_TEXT, '"short"'],
      "workspaces.0.api_keys": [...NO_LIST, '[{"key":"short"}]', '[{"key":"long-enough","type":"ROOT"}]'],
      "workspaces.0.endpoints": NO_LIST,
      "workspaces.0.groups": NO_LIST,
      "workspaces.0.groups.0.external_entity_id": [...NO_TEXT, '""', OVER_255, '"org"'],
      "workspaces.0.groups.0.models": [...NO_LIST, "[]"],
      "workspaces.0.groups.0.models.0.slug": NO_SLUG,
      "workspaces.0.groups.0.keys.0.key": [
        ...NO_TEXT,
        '"short"',
        '"with a space in the middle"',
        json(FEDERATED_KEY),
      ],
      "workspaces.0.groups.0.groups": NO_LIST,
      "workspaces.0.groups.0.usage": [
        ...NO_LIST,
        '[{"slug":"acme/llama","type":"TOKEN","unit":"DAY","used":-1}]',
      ],
      completions: [
        ...NO_LIST,
        '[{"match":{"last_message":{"regex":"("}},"reply":{}}]',
        '[{"match":1,"reply":{}}]',
      ],
    },
  },
};

const HOLE = "\u0001hole\u0001";

/** The valid body as JSON text with the given JSON text at a dotted path. */
export function withValue(valid: BodyTable["valid"], path: string, value: string): string {
  const filled = setAt(valid, path.split("."), HOLE);
  return JSON.stringify(filled).replace(JSON.stringify(HOLE), () => value);
}

function setAt(target: unknown, [step = "", ...rest]: readonly string[], value: unknown): unknown {
  const inner = (of: unknown): unknown => (rest.length === 0 ? value : setAt(of, rest, value));
  if (Array.isArray(target) || (target === undefined && /^\d+$/.test(step))) {
    const list: unknown[] = Array.isArray(target) ? [...target] : [];
    list[Number(step)] = inner(list[Number(step)]);
    return list;
  }
  const from: object = typeof target === "object" && target !== null ? target : {};
  const known = new Map<string, unknown>(Object.entries(from));
  return { ...from, [step]: inner(known.get(step)) };
}
