import { count } from "../count.js";
import { shellQuoted } from "../env/text.js";
import type { Listening } from "./log.js";
import type { Paint } from "./paint.js";

/** The text that a start prints once it listens: URL, workspace key, state, seed, and lines to paste. */
export function banner(facts: Listening, paint: Paint): string {
  const { url, version, workspaceKey, ownKey, host } = facts;
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
    ...(isLoopback(host)
      ? []
      : ["", paint("yellow", `  Other machines can reach ${host}, and /_emulator/ needs no key.`)]),
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

/** Leaves out a workspace key that the user has set: the shell has it already, and it may be a real one. */
function exports({ env, ownKey }: Listening): string[] {
  return Object.entries(env)
    .filter(([name]) => !(ownKey && name === "BASETEN_API_KEY"))
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

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
