import { count } from "../count.js";
import { shellQuoted } from "../env/text.js";
import type { Listening } from "./log.js";
import type { Paint } from "./paint.js";

/** The text that a start prints once it listens: URL, workspace key, state, seed, and lines to paste. */
export function banner(facts: Listening, paint: Paint): string {
  const { url, version, workspaceKey, ownKey, reach } = facts;
  const rows: [string, string][] = [
    ["Workspace key", ownKey ? `${workspaceKey.slice(0, 4)}… (BASETEN_API_KEY of this shell)` : workspaceKey],
    ["State", stateText(facts)],
    ["Seed", seedText(facts)],
  ];
  return [
    "",
    `gateway-emulator ${version} listens on ${paint("bold", url)}`,
    "",
    ...rows.map(([name, text]) => `  ${paint("dim", name.padEnd(15))}${text}`),
    ...(reach ? ["", paint("yellow", `  ${reach.warning}`)] : []),
    "",
    paint("dim", '  For clients, or run: eval "$(gateway-emulator env)"'),
    ...exports(facts).map((line) => `  ${line}`),
    "",
    paint("dim", "  Try it"),
    ...firstCall(facts).map((line) => `  ${line}`),
    "",
  ].join("\n");
}

function stateText({ state, resumed }: Listening): string {
  if (state === ":memory:") return "in memory only";
  return resumed ? `${state} (resumed; --reset starts over)` : `${state} (new)`;
}

function seedText({ seeds, keys, resumed }: Listening): string {
  const declared = count(keys, "federated key");
  if (seeds.length === 0)
    return resumed ? `from the state file: ${declared}` : "none; load one with --seed <file>";
  const what = `${seeds.join(", ")}: ${declared}`;
  return resumed ? `${what}; not applied because the state has data (--reset applies it)` : what;
}

/** Leaves out secrets that the user has set: the shell has them already, and the workspace key may be a real one. */
function exports({ env, ownKey, reach }: Listening): string[] {
  const own = [
    ...(ownKey ? ["BASETEN_API_KEY"] : []),
    ...(reach?.newToken ? [] : ["GATEWAY_EMULATOR_CONTROL_TOKEN"]),
  ];
  return Object.entries(env)
    .filter(([name]) => !own.includes(name))
    .map(([name, value]) => `export ${name}=${shellQuoted(value)}`);
}

function firstCall({ url, example }: Listening): string[] {
  if (!example) return [`curl ${url}/_emulator/health`];
  const body = { model: example.slug, messages: [{ role: "user", content: "Hello" }] };
  return [
    `curl ${url}/v1/chat/completions \\`,
    `  -H ${shellQuoted(`Authorization: Api-Key ${example.key}`)} -H 'Content-Type: application/json' \\`,
    `  -d ${shellQuoted(JSON.stringify(body))}`,
  ];
}
