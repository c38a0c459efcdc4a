import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { fidelityPage } from "../scripts/fidelity-page.js";
import { FIDELITY, FIDELITY_CHAPTERS } from "../src/fidelity/index.js";
import { EVIDENCE } from "../src/fidelity/row.js";
import { startGatewayEmulator } from "../src/index.js";
import { call } from "./support/client.js";
import { unfounded } from "./support/test-titles.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const clauses = FIDELITY.map(({ clause }) => clause);

/** The rows of `docs/decisions.md`: id, question and answer. */
const decisionRows = readFileSync(join(ROOT, "docs/decisions.md"), "utf8")
  .split("\n")
  .map((line) => line.split(" | "))
  .filter(([id = ""]) => /^\| [XY]-\d+$/.test(id))
  .map(([id = "", question, answer]) => ({ id: id.slice(2), text: `${question}: ${answer}` }));
const decisions = new Map(decisionRows.map(({ id, text }) => [id, text]));

/** How many clauses the contract has of each family. */
const FAMILIES: Readonly<Record<string, number>> = {
  A: 7,
  P: 2,
  E: 13,
  G: 10,
  K: 6,
  U: 3,
  B: 2,
  L: 15,
  W: 10,
  X: 24,
};

/** How many rows each section of its inference part has: I-1.1a, I-1.1b and so on. */
const SECTIONS: Readonly<Record<string, number>> = {
  "I-1.1": 6,
  "I-1.2": 4,
  "I-1.3": 6,
  "I-1.4": 10,
  "I-1.5": 3,
  "I-2": 9,
  "I-3": 13,
  "I-4.1": 11,
  "I-4.2": 6,
  "I-4.3": 2,
  "I-4.4": 4,
  "I-4.5": 2,
  "I-4.6": 6,
  "I-5.1": 5,
  "I-5.2": 8,
  "I-5.3": 6,
  "I-5.4": 14,
  "I-5.5": 5,
  "I-6.1": 5,
  "I-6.2": 4,
  "I-6.3": 6,
  "I-6.4": 4,
  "I-6.5": 4,
  "I-7.1": 6,
  "I-7.2": 2,
  "I-7.3": 6,
  "I-7.4": 1,
  "I-8": 11,
};

/** Look like clauses, and are none: an invoice's number. */
const NO_CLAUSES = ["A-17"];

/** The texts of `src/` and `test/`, but for this table and its test. */
function texts(): string[] {
  return ["src", "test"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.m?ts$/.test(name) && !/fidelity/.test(name))
      .map((name) => readFileSync(join(ROOT, folder, name), "utf8")),
  );
}

/** What the pattern's first group finds in any of them, each once. */
function cited(pattern: RegExp): string[] {
  const found = texts().flatMap((text) => [...text.matchAll(pattern)].map(([, id = ""]) => id));
  return [...new Set(found)].sort();
}

function letters(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String.fromCharCode("a".charCodeAt(0) + index));
}

describe("the table", () => {
  test("has every clause of the contract once, and no other", () => {
    const numbered = Object.entries(FAMILIES).flatMap(([family, count]) =>
      Array.from({ length: count }, (_, index) => `${family}-${index + 1}`),
    );
    const sections = Object.entries(SECTIONS).flatMap(([section, count]) =>
      letters(count).map((letter) => `${section}${letter}`),
    );
    expect([...clauses].sort()).toEqual([...numbered, ...sections].sort());
  });

  test("has a row for every clause that code or tests cite", () => {
    const ids = cited(/(?<![\w-])([AEGKPBULWX]-\d+)\b/g).filter((id) => !NO_CLAUSES.includes(id));
    expect(ids).toContain("L-11");
    expect(ids.filter((id) => !clauses.includes(id))).toEqual([]);
  });

  test("has rows for every clause and section of the inference part that code or tests cite", () => {
    const ids = cited(/(?<![\w-])(I-\d+(?:\.\d+)?[a-z]?)\b/g);
    expect(ids).toContain("I-1.4");
    expect(ids).toContain("I-1.4c");
    const known = (id: string) =>
      clauses.some((clause) => clause.startsWith(id) && /^($|[a-z.])/.test(clause.slice(id.length)));
    expect(ids.filter((id) => !known(id))).toEqual([]);
  });

  test("says of every row what, on which evidence, and where that is", () => {
    const poor = FIDELITY.filter(
      ({ what, evidence, source }) => what === "" || source === "" || !EVIDENCE.includes(evidence),
    );
    expect(poor).toEqual([]);
  });

  test("says of every guess that it is one, and of everything partly there what is missing", () => {
    const silent = FIDELITY.filter(
      ({ state, evidence, note = "" }) =>
        note === "" && (state === "partly" || (evidence === "unknown" && state === "emulated")),
    );
    expect(silent).toEqual([]);
  });

  test("names a test that is there for every row, unless it is not emulated", () => {
    const shown = FIDELITY.flatMap(({ clause, test: shownBy }) =>
      shownBy ? [[clause, { file: shownBy.file, test: shownBy.title }] as const] : [],
    );
    expect(unfounded(Object.fromEntries(shown))).toEqual([]);
    const without = FIDELITY.filter((row) => row.test === null);
    expect(without.filter(({ state }) => state !== "not")).toEqual([]);
  });

  test("refers to decisions that there are", () => {
    const named = FIDELITY.flatMap(({ source, note = "" }) => `${source} ${note}`.match(/\b[XY]-\d+/g) ?? []);
    expect(named).toContain("Y-13");
    expect(named.filter((id) => !decisions.has(id))).toEqual([]);
  });

  test("says of every decision with an X id what docs/decisions.md says", () => {
    const rows = FIDELITY.filter(({ clause }) => clause.startsWith("X-"));
    const known = [...decisions].filter(([id]) => id.startsWith("X-"));
    expect(rows.map(({ clause, what }) => [clause, what])).toEqual(known);
  });
});

test("docs/decisions.md has every decision that code or tests cite, each once", () => {
  expect(decisionRows.map(({ id }) => id)).toEqual([...decisions.keys()]);
  const ids = cited(/(?<![\w-])([XY]-\d+)\b/g);
  expect(ids).toContain("Y-46");
  expect(ids.filter((id) => !decisions.has(id))).toEqual([]);
});

test("docs/fidelity.md is what the table gives: npm run docs", () => {
  expect(readFileSync(join(ROOT, "docs/fidelity.md"), "utf8")).toBe(fidelityPage());
});

test("GET /_emulator/fidelity has every row, by state and by evidence", async () => {
  await using gateway = await startGatewayEmulator();
  const ask = (query: string) => call(gateway, "GET", `/_emulator/fidelity${query}`);
  const all = await ask("");
  expect(all.status).toBe(200);
  expect(all.body.pagination).toEqual({ has_more: false, cursor: null });
  expect(all.body.items).toHaveLength(FIDELITY.length);
  const [management] = FIDELITY_CHAPTERS;
  const { note = null, ...first } = management?.rows[0] ?? {};
  expect(all.body.items[0]).toEqual({ ...first, note, chapter: management?.title });

  const items = all.body.items as { state: string; evidence: string }[];
  expect((await ask("?state=not")).body.items).toEqual(items.filter(({ state }) => state === "not"));
  expect((await ask("?state=emulated&evidence=observed")).body.items).toEqual(
    items.filter(({ state, evidence }) => state === "emulated" && evidence === "observed"),
  );
  const wrong = await ask("?state=full");
  expect([wrong.status, wrong.body.message]).toEqual([400, "state: expected one of emulated, partly, not"]);
});
