import { DECISIONS } from "../src/fidelity/decisions/index.js";
import { fidelityPage } from "./fidelity-page.js";

/** The pages of docs/ that are generated from the code, by path. */
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
    "Where the sources about the real gateway say nothing or disagree, the emulator guesses. Each row is one guess;",
    "code and tests cite the ids. X rows were known from the sources, Y rows were found while building. A setting is a",
    "key under `settings:` of a seed unless it says otherwise. This page is generated from `src/fidelity/decisions/`.",
    "Decisions about the project itself, such as which libraries it uses, are in [decisions/](decisions/README.md).",
    "",
    "| id | question | what the emulator does | setting |",
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
