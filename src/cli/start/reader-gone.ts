import type { Writable } from "node:stream";

/** 128 plus the number of SIGPIPE, as shells report a program whose reader is gone. */
const EXIT_CODE = 141;

/**
 * Stops, with a message, when nobody reads the log any more: a pipe's other side has ended, and what started the
 * emulator has probably ended with it. Other commands are content with a reader that stops early.
 * @param output standard output; what `main.ts` does about its errors is replaced
 */
export function stopWithoutReader(output: Writable, stop: () => Promise<void>): void {
  output.removeAllListeners("error");
  output.once("error", (cause: NodeJS.ErrnoException) => {
    output.on("error", () => {});
    // Standard error may have had the same reader.
    process.stderr.on("error", () => {});
    console.error(
      `gateway-emulator: nobody reads standard output any more (${cause.code}), so it stops. With --log silent it needs no reader.`,
    );
    void stop().finally(() => process.exit(EXIT_CODE));
  });
}
