/** ISO 8601 in UTC with milliseconds. @param at epoch milliseconds */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}
