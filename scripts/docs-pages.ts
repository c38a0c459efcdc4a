import { DECISIONS } from "../src/fidelity/decisions/management.js";
import { fidelityPage } from "./fidelity-page.js";

/** Pages of docs/ that are made from the code: path → text. */
export function pages(): Record<string, string> {
  return { "docs/decisions.md": decisionsPage(), "docs/fidelity.md": fidelityPage() };
}

function decisionsPage(): string {
  const rows = [...DECISIONS]
    .sort(byId)
    .map((row) => `| ${row.id} | ${row.question} | ${row.answer} | ${row.switch ?? "none"} |`);
  return [
    "# Decisions",
    "",
    "Where the sources about the real gateway are silent or disagree, the emulator guesses. Every guess is a row",
    "here, made from `src/fidelity/decisions/`; code and tests cite the ids. X rows were known beforehand, Y rows",
    "were found while building. A switch is a key under `settings:` of a seed unless it says otherwise.",
    "",
    "| id | question | what the emulator does | switch |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

/** X before Y, then by number. */
function byId({ id: one }: { id: string }, { id: other }: { id: string }): number {
  return one.charAt(0) === other.charAt(0)
    ? Number(one.slice(2)) - Number(other.slice(2))
    : one.localeCompare(other);
}
