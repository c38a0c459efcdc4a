import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SeedSource } from "../../index.js";

/**
 * Gives seeds as files that a command line can name, until `use` is done. Objects are written to a folder that only
 * this user can read: seeds hold keys.
 */
export async function withSeedFiles<T>(
  seeds: readonly SeedSource[],
  use: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-seeds-"));
  try {
    const paths: string[] = [];
    for (const [index, seed] of seeds.entries()) {
      const path = typeof seed === "string" ? seed : join(folder, `withSeed-${index + 1}.json`);
      if (typeof seed !== "string") await writeFile(path, JSON.stringify(seed));
      paths.push(path);
    }
    return await use(paths);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
