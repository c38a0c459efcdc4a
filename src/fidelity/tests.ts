import type { TestReference } from "./row.js";

/** References to tests of one file. @param file path below `test/` */
export function testsIn(file: string): (title: string) => TestReference {
  return (title) => ({ file, title });
}
