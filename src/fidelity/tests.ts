import type { TestReference } from "./row.js";

/** Names tests of one file. @param file below `test/` */
export function testsIn(file: string): (title: string) => TestReference {
  return (title) => ({ file, title });
}
