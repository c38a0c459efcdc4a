import { FIDELITY, FIDELITY_CHAPTERS } from "../src/fidelity/index.js";
import { EVIDENCE, FIDELITY_STATES, type FidelityChapter, type FidelityRow } from "../src/fidelity/row.js";

const INTRO = `# How faithful it is

Every clause of the contract that the emulator is built to: what the real service does, how we know, whether the
emulator does it, and which test shows it. Made from \`src/fidelity/\`; a running emulator answers the same at
\`GET /_emulator/fidelity\`, and \`?state=partly\` or \`?evidence=ours\` narrow it down.

**Nothing here was measured by us against the live service.** What we know comes from the vendor's documents and API
descriptions, and from traffic, measurements and code that others published.

- documented: the vendor's documents or API description say it.
- observed: recorded traffic, a published measurement, or a real client's code shows it.
- third-party: somebody else's tests or notes say it, and nothing else does.
- unknown: we found nothing. Where the emulator answers all the same, the answer is a guess.
- ours: the sources are silent and the emulator chose, so it is a guess too; or it is a promise of the emulator's own.

Notes say what is missing or differs. A note that begins with "Ours:" names the part of a founded clause that is a
guess. X and Y ids are rows of [decisions.md](decisions.md), where each guess stands with its switch.
"Emulated" is what the named test shows, no more.
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
