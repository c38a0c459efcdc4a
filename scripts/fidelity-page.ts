import { FIDELITY, FIDELITY_CHAPTERS } from "../src/fidelity/index.js";
import { EVIDENCE, FIDELITY_STATES, type FidelityChapter, type FidelityRow } from "../src/fidelity/row.js";

const INTRO = `# How faithful it is

Each row is a clause: what the real service does, how we know, whether the emulator does it, and which test proves it.
Code and tests cite clauses by their ids. This page is generated from \`src/fidelity/\`; a running emulator returns the
same rows at \`GET /_emulator/fidelity\`, with filters such as \`?state=partly\` or \`?evidence=ours\`.

**We measured nothing against the live service ourselves.** The evidence is the vendor's documents and API descriptions,
and traffic, measurements and code that others published.

- documented: the vendor's documents or API description say it.
- observed: recorded traffic, a published measurement, or a real client's code shows it.
- third-party: only somebody else's tests or notes say it.
- unknown: we found nothing. If the emulator answers anyway, its answer is a guess.
- ours: the sources say nothing and the emulator chose, which is a guess too; or it is the emulator's own promise.

Notes say what is missing or different. A note that begins with "Ours:" names the part of the clause that is a guess.
X and Y ids are rows of [decisions.md](decisions.md), which lists every guess with its setting.
"Emulated" means what the named test shows, and no more.
`;

/** `docs/fidelity.md`. */
export function fidelityPage(): string {
  return [INTRO, summary(), ...FIDELITY_CHAPTERS.map(chapter)].join("\n");
}

function summary(): string {
  const line = (title: string, rows: readonly FidelityRow[]): string =>
    tableRow([title, ...FIDELITY_STATES.map((state) => String(count(rows, { state }))), String(rows.length)]);
  const evidence = EVIDENCE.map((word) => `${count(FIDELITY, { evidence: word })} ${word}`);
  return [
    "## In numbers",
    "",
    tableRow(["chapter", ...FIDELITY_STATES, "all"]),
    "|---|---|---|---|---|",
    ...FIDELITY_CHAPTERS.map(({ title, rows }) => line(title, rows)),
    line("all", FIDELITY),
    "",
    `By evidence: ${evidence.join(", ")}.`,
    "",
  ].join("\n");
}

function count(rows: readonly FidelityRow[], wanted: Partial<FidelityRow>): number {
  return rows.filter(
    ({ state, evidence }) => (wanted.state ?? state) === state && (wanted.evidence ?? evidence) === evidence,
  ).length;
}

function chapter({ title, rows }: FidelityChapter): string {
  return [
    `## ${title}`,
    "",
    tableRow(["clause", "what the real service does", "state", "evidence", "source", "note", "test"]),
    "|---|---|---|---|---|---|---|",
    ...rows.map(({ clause, what, state, evidence, source, note = "", test }) =>
      tableRow([clause, what, state, evidence, source, note, test ? `${test.file}: ${test.title}` : "none"]),
    ),
    "",
  ].join("\n");
}

function tableRow(cells: readonly string[]): string {
  const escaped = cells.map((cell) =>
    cell.replace(/[|<*`]/g, (sign) => (sign === "<" ? "&lt;" : `\\${sign}`)),
  );
  return `| ${escaped.join(" | ")} |`;
}
