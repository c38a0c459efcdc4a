import { validateHeaderValue } from "node:http";

/** @throws TypeError for a value that HTTP cannot carry; a seed of an older version may have one */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) validateHeaderValue(name, value);
}
