/** Marks text for a terminal; without colours every function gives the text back. */
export interface Colours {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** Colours go to a terminal only, and not when `NO_COLOR` is set (no-color.org). */
export function wantsColours(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !env.NO_COLOR;
}

export function colours(wanted: boolean): Colours {
  const mark = (on: number, off: number) => (text: string) =>
    wanted ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    bold: mark(1, 22),
    dim: mark(2, 22),
    red: mark(31, 39),
    green: mark(32, 39),
    yellow: mark(33, 39),
    cyan: mark(36, 39),
  };
}
