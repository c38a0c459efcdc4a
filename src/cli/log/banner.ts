import { count } from "../count.js";
import { shellQuoted } from "../env-text.js";
import type { Colours } from "./colours.js";
import type { Listening } from "./log.js";

/** What a start prints once it listens: where, with which key, and lines to paste. */
export function banner(facts: Listening, paint: Colours): string {
  const { url, version, workspaceKey, ownKey, host } = facts;
  const about: [string, string][] = [
    ["Workspace key", ownKey ? `${workspaceKey.slice(0, 4)}… (BASETEN_API_KEY of this shell)` : workspaceKey],
    ["State", stateText(facts)],
    ["Seed", seedText(facts)],
  ];
  return [
    "",
    `gateway-emulator ${version} listens on ${paint.bold(url)}`,
    "",
    ...about.map(([name, text]) => `  ${paint.dim(name.padEnd(15))}${text}`),
    ...(isLoopback(host)
      ? []
      : ["", paint.yellow(`  ${host} lets other machines in, and /_emulator/ asks for no key.`)]),
    "",
    paint.dim('  For its clients, or: eval "$(gateway-emulator env)"'),
    ...exports(facts).map((line) => `  ${line}`),
    "",
    paint.dim("  Try it"),
    ...firstCall(facts).map((line) => `  ${line}`),
    "",
  ].join("\n");
}

function stateText({ state, resumed }: Listening): string {
  if (state === ":memory:") return "in memory, gone when this stops";
  return resumed ? `${state} (goes on where it was; --reset starts over)` : `${state} (new)`;
}

function seedText({ seeds, keys, resumed }: Listening): string {
  const declared = count(keys, "federated key");
  if (seeds.length === 0)
    return resumed ? `the one of the state: ${declared}` : "none; --seed <file> fills it";
  const what = `${seeds.join(", ")}: ${declared}`;
  return resumed ? `${what}; not applied, since the state has data: --reset applies it` : what;
}

/** The user has his own workspace key set already; it is not for the screen. */
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
