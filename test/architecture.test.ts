import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/** The house rules, as tables. A part is a folder of `src/`, or a file that stands there by itself. */

/** What of `src/` each part may import besides itself; `types` as `import type` only. */
const IMPORTS: Readonly<Record<string, { may: readonly string[]; types?: readonly string[] }>> = {
  domain: { may: [] },
  fidelity: { may: [] },
  schemas: { may: ["domain"] },
  config: { may: ["schemas", "domain"] },
  generate: { may: ["domain", "runtime"] },
  runtime: { may: ["domain"] },
  store: { may: ["domain"] },
  services: { may: ["domain", "generate", "runtime", "store"], types: ["schemas"] },
  http: { may: ["services", "schemas", "runtime", "domain", "fidelity"] },
  worlds: { may: ["config", "services", "store", "runtime", "domain"], types: ["http", "schemas"] },
  client: { may: ["config", "domain"], types: ["schemas", "services"] },
  emulator: {
    may: ["client", "config", "domain", "http", "runtime", "services", "store", "version.ts", "worlds"],
    types: ["schemas"],
  },
  certify: { may: ["domain"] },
  cli: { may: ["client", "emulator", "config", "certify", "version.ts"], types: ["domain"] },
  testing: { may: ["index.ts", "client"], types: ["services"] },
  "version.ts": { may: [] },
  "index.ts": { may: ["*"] },
};

/** Where a package may be imported; those that are not named here, everywhere but in PURE. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "better-sqlite3": ["store"],
  hono: ["http"],
  "@hono/node-server": ["http"],
  zod: ["schemas", "config", "http"],
  commander: ["cli"],
  vitest: ["testing"],
};

/** Where a package may be imported as `import type` only. */
const PACKAGE_TYPES: Readonly<Record<string, readonly string[]>> = { zod: ["client"] };

/** No package at all, not even Node's own. */
const PURE: readonly string[] = ["domain"];

/** What reads time or chance or waits, and the only parts that may. */
const TIME_AND_CHANCE: readonly { what: string; pattern: RegExp; in: readonly string[] }[] = [
  { what: "Date.now", pattern: /\bDate\s*\.\s*now\b/, in: ["runtime", "cli"] },
  { what: "new Date()", pattern: /\bnew\s+Date\b(?:\s*\(\s*\)|\s*(?![\s(]))/, in: ["runtime", "cli"] },
  { what: "performance.now", pattern: /\bperformance\s*\.\s*now\b|\bhrtime\b/, in: ["runtime", "cli"] },
  { what: "Math.random", pattern: /\bMath\s*\.\s*random\b/, in: ["runtime", "cli"] },
  {
    what: "node:crypto's chance",
    pattern: /\brandom(?:UUID|Bytes|Int|Fill|FillSync)\b|\bgetRandomValues\b/,
    in: ["runtime", "cli"],
  },
  {
    what: "setTimeout or setInterval",
    pattern: /\bset(?:Timeout|Interval)\b|\bnode:timers\b/,
    in: ["runtime", "cli"],
  },
];

/** What fake timers replace. `runtime/timers.ts` holds on to it; the command line has a process to itself. */
const REPLACEABLE =
  /\b(?:(?:set|clear)(?:Timeout|Interval|Immediate)|queueMicrotask|nextTick|Date\s*\.\s*now|performance\s*\.\s*now|hrtime)\b/g;
const MAY_USE_GLOBAL_TIMERS = /^(?:runtime\/timers\.ts$|cli\/)/;

/** State that a reset would forget. */
const MODULE_STATE: readonly { what: string; pattern: RegExp }[] = [
  { what: "a module-level let or var", pattern: /^(?:export\s+)?(?:let|var)\s/m },
  {
    what: "a module-level collection that starts empty",
    pattern: /^(?:export\s+)?const\s+\w+[^=\n]*=\s*new\s+(?:Weak)?(?:Map|Set)\b[^(\n]*\(\s*\)/m,
  },
];

/** Node's own HTTP and sockets, and the only files that may know them. */
const SOCKETS = /\bIncomingMessage\b|\bServerResponse\b|\bnode:net\b|\bnode:http2?\b/;
const KNOWS_SOCKETS: readonly RegExp[] = [
  /^http\/node\//,
  // It sends webhooks and forwarded requests.
  /^services\/outgoing\//,
  // It receives webhooks.
  /^cli\/webhooks\/listen\.ts$/,
];

const MOST_LINES = 280;

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

/** Every breach of the rules in one file, in words. @param path below `src/`, with `/` */
function breachesOf(path: string, text: string): string[] {
  const part = path.split("/")[0] ?? path;
  const rule = IMPORTS[part];
  const found: string[] = rule ? [] : [`${part} has no line in the table of imports`];
  const code = text.replace(COMMENT_OR_STRING, keepString);
  for (const { from, typeOnly } of importsOf(code)) {
    if (!from.startsWith(".")) {
      const name = packageName(from);
      const parts = PURE.includes(part) ? [] : PACKAGES[name];
      const typed = typeOnly && PACKAGE_TYPES[name]?.includes(part);
      if (parts && !parts.includes(part) && !typed) found.push(`imports ${from}`);
      continue;
    }
    const target = partOf(path, from);
    const allowed = [part, ...(rule?.may ?? []), ...(typeOnly ? (rule?.types ?? []) : [])];
    if (!allowed.includes(target) && !allowed.includes("*")) found.push(`imports ${target} (${from})`);
  }
  if (!MAY_USE_GLOBAL_TIMERS.test(path)) {
    const [, held = ""] = /import \{([^}]*)\} from "[./]*(?:\/runtime)?\/timers\.js"/.exec(code) ?? [];
    for (const name of new Set(code.match(REPLACEABLE))) {
      const reported = TIME_AND_CHANCE.some(
        ({ pattern, in: parts }) => !parts.includes(part) && pattern.test(name),
      );
      if (!reported && !held.includes(name)) found.push(`uses the global ${name}`);
    }
  }
  for (const { what, pattern, in: parts } of TIME_AND_CHANCE) {
    if (!parts.includes(part) && pattern.test(code)) found.push(`uses ${what}`);
  }
  for (const { what, pattern } of MODULE_STATE) if (pattern.test(code)) found.push(`has ${what}`);
  if (SOCKETS.test(text) && !KNOWS_SOCKETS.some((pattern) => pattern.test(path))) found.push("knows sockets");
  const lines = text.split("\n").length - 1;
  if (lines > MOST_LINES) found.push(`has ${lines} lines, more than ${MOST_LINES}`);
  return found.map((breach) => `src/${path} ${breach}`);
}

const COMMENT_OR_STRING =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

function keepString(piece: string): string {
  return piece.startsWith("/") ? "" : piece;
}

function importsOf(code: string): Import[] {
  const stated = code.matchAll(/^(?:import|export)\b([^;"']*?)["']([^"'\n]+)["']/gm);
  const dynamic = code.matchAll(/\bimport\(\s*["']([^"'\n]+)["']/g);
  return [
    ...[...stated]
      .filter(([, names = ""]) => names.trim() === "" || /\bfrom\s*$/.test(names))
      .map(([, names = "", from = ""]) => ({ from, typeOnly: isTypeOnly(names) })),
    ...[...dynamic].map(([, from = ""]) => ({ from, typeOnly: false })),
  ];
}

/** `import type {...}`, or every name marked with `type`. */
function isTypeOnly(names: string): boolean {
  if (/^\s*type\b/.test(names)) return true;
  const inner = /^\s*\{([^}]*)\}\s*from\s*$/.exec(names)?.[1];
  return inner?.split(",").every((name) => name.trim() === "" || name.trim().startsWith("type ")) ?? false;
}

/** `@scope/name/deep` is `@scope/name`, `node:fs/promises` is `node:fs`. */
function packageName(from: string): string {
  return from
    .split("/")
    .slice(0, from.startsWith("@") ? 2 : 1)
    .join("/");
}

/** The part that a relative import leads to; what leaves `src/` is `..` and nobody's but version.ts's. */
function partOf(path: string, from: string): string {
  const steps = path.split("/").slice(0, -1);
  for (const step of from.split("/")) {
    if (step === "..") {
      if (steps.pop() === undefined) return path === "version.ts" ? path : "..";
    } else if (step !== ".") steps.push(step);
  }
  const [first = ""] = steps;
  return steps.length === 1 ? first.replace(/\.js$/, ".ts") : first;
}

/** The file below `src/` that a relative import leads to. */
function fileOf(path: string, from: string): string {
  return posix.join(posix.dirname(path), from).replace(/\.js$/, ".ts");
}

/**
 * A circle of imports, type-only ones included, as the files on it; null when there is none.
 * @param imports of each file, the files that it imports
 */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const walk = (file: string, trail: readonly string[]): string[] | null => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const next of imports.get(file) ?? []) {
      const circle = walk(next, [...trail, file]);
      if (circle) return circle;
    }
    done.add(file);
    return null;
  };
  for (const file of imports.keys()) {
    const circle = walk(file, []);
    if (circle) return circle;
  }
  return null;
}

describe("the rules of the house", () => {
  const src = fileURLToPath(new URL("../src", import.meta.url));
  const files = readdirSync(src, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"))
    .sort();

  test("no file of src breaks one", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((path) => breachesOf(path, readFileSync(join(src, path), "utf8")))).toEqual([]);
  });

  test("no imports go in a circle, type-only ones included", () => {
    const imports = new Map(
      files.map((path) => [
        path,
        importsOf(readFileSync(join(src, path), "utf8").replace(COMMENT_OR_STRING, keepString))
          .filter(({ from }) => from.startsWith("."))
          .map(({ from }) => fileOf(path, from)),
      ]),
    );
    expect(circleIn(imports)).toBeNull();
  });

  test.each([
    [{ "a.ts": ["b.ts"], "b.ts": ["c.ts"], "c.ts": ["a.ts"] }, ["a.ts", "b.ts", "c.ts", "a.ts"]],
    [{ "a.ts": ["b.ts", "c.ts"], "b.ts": ["c.ts"], "c.ts": [] }, null],
    [{ "a.ts": ["a.ts"] }, ["a.ts", "a.ts"]],
  ])("a circle is found where there is one (case %#)", (imports, circle) => {
    expect(circleIn(new Map(Object.entries(imports)))).toEqual(circle);
  });

  test("src has at most 16 rooms, and loose files are index.ts and version.ts alone", () => {
    const parts = new Set(files.map((path) => path.split("/")[0] ?? ""));
    const loose = [...parts].filter((part) => part.endsWith(".ts"));
    expect(loose.sort()).toEqual(["index.ts", "version.ts"]);
    expect(parts.size - loose.length).toBeLessThanOrEqual(16);
  });

  test.each([
    ["domain/a.ts", 'import { Store } from "../store/store.js";', "imports store"],
    ["domain/limits/a.ts", 'import type { Store } from "../../store/store.js";', "imports store"],
    ["domain/a.ts", 'import * as z from "zod";', "imports zod"],
    ["domain/a.ts", 'import { hash } from "node:crypto";', "imports node:crypto"],
    ["domain/a.ts", 'import type { Hono } from "hono";', "imports hono"],
    ["domain/a.ts", 'import { x } from "left-pad";', "imports left-pad"],
    ["http/management/a.ts", 'import { Db } from "../../store/database.js";', "imports store"],
    ["http/a.ts", 'import type { Db } from "../store/database.js";', "imports store"],
    ["http/a.ts", 'import { World } from "../worlds/world.js";', "imports worlds"],
    ["http/a.ts", 'import {\n  one,\n  two,\n} from "../store/a.js";', "imports store"],
    ["services/a.ts", 'export { json } from "../http/answer.js";', "imports http"],
    ["services/a.ts", 'export * from "../http/answer.js";', "imports http"],
    ["services/a.ts", 'import { seedSchema } from "../schemas/seed.js";', "imports schemas"],
    ["services/a.ts", 'import { type Seed, seedSchema } from "../schemas/seed.js";', "imports schemas"],
    ["services/a.ts", 'const x = await import("../http/app.js");', "imports http"],
    ["services/a.ts", 'import Database from "better-sqlite3";', "imports better-sqlite3"],
    ["store/a.ts", 'import "../services/world-context.js";', "imports services"],
    ["client/a.ts", 'import * as z from "zod";', "imports zod"],
    ["client/a.ts", 'import { World } from "../worlds/world.js";', "imports worlds"],
    ["schemas/a.ts", 'import { x } from "../services/world-context.js";', "imports services"],
    ["cli/a.ts", 'import { World } from "../worlds/world.js";', "imports worlds"],
    ["emulator/a.ts", 'import { serve } from "@hono/node-server/serve";', "imports @hono/node-server"],
    ["elsewhere/a.ts", "", "has no line"],
    ["services/a.ts", "const now = Date.now();", "uses Date.now"],
    ["services/a.ts", "constructor(system = Date.now) {}", "uses Date.now"],
    ["services/a.ts", "const now = new Date();", "uses new Date()"],
    ["services/a.ts", "const now = +new Date;", "uses new Date()"],
    ["services/a.ts", "const text = `at $" + "{new Date()}`;", "uses new Date()"],
    ["domain/a.ts", "const x = Math.random();", "uses Math.random"],
    ["services/a.ts", 'import { randomUUID } from "node:crypto";', "uses node:crypto"],
    ["store/a.ts", "const t = performance.now();", "uses performance.now"],
    ["http/a.ts", "setTimeout(() => {}, 1);", "uses setTimeout"],
    ["http/a.ts", "setInterval(f, 1);", "uses setTimeout"],
    ["services/a.ts", 'import { setTimeout as sleep } from "node:timers/promises";', "uses setTimeout"],
    ["http/a.ts", "setImmediate(f);", "uses the global setImmediate"],
    [
      "http/a.ts",
      'import { clearTimeout } from "../runtime/timers.js";\nqueueMicrotask(f);',
      "queueMicrotask",
    ],
    ["runtime/a.ts", "const system = Date.now;", "uses the global Date.now"],
    ["runtime/a.ts", "const timer = setTimeout(f, 1);", "uses the global setTimeout"],
    ["services/a.ts", "let count = 0;", "module-level let"],
    ["services/a.ts", "export var count = 0;", "module-level let"],
    ["services/a.ts", "const cache = new Map<string, number>();", "starts empty"],
    ["http/a.ts", 'import type { IncomingMessage } from "node:http";', "knows sockets"],
    ["services/a.ts", "x\n".repeat(281), "has 281 lines"],
  ])("in %s they find what is wrong (case %#)", (path, text, breach) => {
    expect(breachesOf(path, text)).toEqual([expect.stringContaining(breach)]);
  });

  test.each([
    ["domain/limits/a.ts", 'import { x } from "./b.js";\nimport { y } from "../model.js";'],
    ["services/a.ts", 'import type { Seed } from "../schemas/seed.js";'],
    ["services/a.ts", 'import { type Seed, type SeedInput } from "../schemas/seed.js";'],
    [
      "services/management/a.ts",
      'import { hash } from "node:crypto";\nimport { b } from "../world-context.js";',
    ],
    [
      "http/a.ts",
      '// import { Db } from "../store/database.js";\n/* Date.now() */\nconst at = new Date(call.at);',
    ],
    ["services/a.ts", "function f() {\n  let count = 0;\n  const seen = new Set();\n}"],
    ["services/a.ts", 'const FIXED = new Set(["a"]);\nconst url = "https://x.io"; const d = new Date(0);'],
    ["runtime/timers.ts", "const now = Date.now();"],
    ["runtime/a.ts", 'import { setTimeout } from "./timers.js";\nsetTimeout(f, 1);'],
    ["http/node/a.ts", 'import { setImmediate } from "../../runtime/timers.js";\nsetImmediate(f);'],
    ["version.ts", 'import manifest from "../package.json" with { type: "json" };'],
    ["services/a.ts", "x\n".repeat(280)],
  ])("in %s they allow what is right (case %#)", (path, text) => {
    expect(breachesOf(path, text)).toEqual([]);
  });
});
