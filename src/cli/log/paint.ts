import { styleText } from "node:util";

export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/**
 * Styles text only for a terminal, and not when `NO_COLOR` is set (no-color.org). Decided once: `styleText` would
 * look at the environment for every piece of text.
 */
export function painter(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  if (stream.isTTY !== true || env.NO_COLOR) return (_format, text) => text;
  return (format, text) => styleText(format, text, { validateStream: false });
}
