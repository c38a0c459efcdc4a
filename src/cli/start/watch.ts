import { unwatchFile, watchFile } from "node:fs";
import { seedFiles } from "../../config/load-seeds.js";
import { InvalidSeed } from "../../config/problems.js";

/** Polling interval. Polling also notices files that an editor replaces, and files on mounted volumes. */
const POLL_MS = 200;
/** A changed file is read after this long without further changes. */
const QUIET_MS = 100;

/**
 * Calls `changed` when a seed file changes, is added to a folder or is removed from it. Calls never overlap.
 * @param paths seed files, and folders of them
 * @returns stops watching
 */
export async function watchSeeds(
  paths: readonly string[],
  changed: () => Promise<void>,
): Promise<() => void> {
  const watched = new Set<string>();
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  const schedule = (): void => {
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => {
      // Watch new files before reading them, so that no change is missed.
      running = running.then(watchFiles).then(changed);
    }, QUIET_MS);
  };
  /** A file removed from a folder stays watched, because it may come back. */
  const watchFiles = async (): Promise<void> => {
    const files = await currentFiles(paths);
    if (stopped) return;
    for (const path of [...paths, ...files]) {
      if (watched.has(path)) continue;
      watched.add(path);
      watchFile(path, { interval: POLL_MS }, schedule);
    }
  };
  await watchFiles();
  return () => {
    stopped = true;
    if (timer) clearTimeout(timer);
    for (const path of watched) unwatchFile(path, schedule);
  };
}

/** Returns no files while a folder is empty or missing: reading the seed reports that. */
async function currentFiles(paths: readonly string[]): Promise<string[]> {
  try {
    return await seedFiles(paths);
  } catch (cause) {
    if (cause instanceof InvalidSeed) return [];
    throw cause;
  }
}
