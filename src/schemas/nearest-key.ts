/** Maximum edits between a misspelt key and its suggestion. */
const MAX_EDITS = 3;

/** The candidate with the fewest edits, if it is near enough to be a misspelling. */
export function nearestKey(key: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let fewest = Math.min(MAX_EDITS, Math.ceil(key.length / 2)) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(key, candidate);
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Levenshtein distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
