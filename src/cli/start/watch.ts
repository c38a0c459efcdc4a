import { unwatchFile, watchFile } from "node:fs";
import { seedFiles } from "../../config/load-seeds.js";
import { InvalidSeed } from "../../config/problems.js";

/** Files are looked at this often: polling also sees files that editors replace, and mounted ones. */
const POLL_MS = 200;
/** A file is read once it has been left alone for this long. */
const QUIET_MS = 100;

/**
 * Calls `changed` after any seed file changed, or came to or left a folder of them, never twice at a time.
 * @param paths seed files, and folders of them
 * @returns ends it
 */
export async function watchSeeds(
  paths: readonly string[],
  changed: () => Promise<void>,
): Promise<() => void> {
  const watched = new Set<string>();
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  const soon = (): void => {
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => {
      // What is new is watched before it is read, so that no change of it is missed.
      running = running.then(look).then(changed);
    }, QUIET_MS);
  };
  /** What has left a folder stays watched: it may come back. */
  const look = async (): Promise<void> => {
    const files = await filesNow(paths);
    if (stopped) return;
    for (const path of [...paths, ...files]) {
      if (watched.has(path)) continue;
      watched.add(path);
      watchFile(path, { interval: POLL_MS }, soon);
    }
  };
  await look();
  return () => {
    stopped = true;
    if (timer) clearTimeout(timer);
    for (const path of watched) unwatchFile(path, soon);
  };
}

/** None while a folder is empty or gone, of which reading the seed has told already. */
async function filesNow(paths: readonly string[]): Promise<string[]> {
  try {
    return await seedFiles(paths);
  } catch (cause) {
    if (cause instanceof InvalidSeed) return [];
    throw cause;
  }
}
