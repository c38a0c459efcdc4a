import { unwatchFile, watchFile } from "node:fs";

/** Files are looked at this often: polling also sees files that editors replace, and mounted ones. */
const POLL_MS = 200;
/** A file is read once it has been left alone for this long. */
const QUIET_MS = 100;

/**
 * Calls `changed` after any of the files changed, never twice at a time.
 * @returns ends it
 */
export function watchFiles(files: readonly string[], changed: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  const soon = (): void => {
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(changed);
    }, QUIET_MS);
  };
  for (const file of files) watchFile(file, { interval: POLL_MS }, soon);
  return () => {
    if (timer) clearTimeout(timer);
    for (const file of files) unwatchFile(file, soon);
  };
}
