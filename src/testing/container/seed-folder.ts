import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SeedSource } from "../../index.js";

/** Seeds as files that a command line can name. */
interface SeedFiles {
  /** In the order of the seeds. */
  readonly paths: readonly string[];
  /** Removes what was written. */
  remove(): Promise<void>;
}

/** Objects are written to a folder that only this user can read: seeds hold keys. */
export async function writeSeeds(seeds: readonly SeedSource[]): Promise<SeedFiles> {
  const folder = seeds.some((seed) => typeof seed !== "string")
    ? await mkdtemp(join(tmpdir(), "gateway-emulator-seeds-"))
    : null;
  const remove = async (): Promise<void> => {
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  };
  const paths: string[] = [];
  try {
    for (const [index, seed] of seeds.entries()) {
      const path = typeof seed === "string" ? seed : join(folder ?? "", `withSeed-${index + 1}.json`);
      if (typeof seed !== "string") await writeFile(path, JSON.stringify(seed));
      paths.push(path);
    }
  } catch (cause) {
    await remove();
    throw cause;
  }
  return { paths, remove };
}
