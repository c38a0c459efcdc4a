import { errorMessage } from "../domain/error-message.js";

interface TextError {
  /** 1-based. */
  readonly line: number | null;
  readonly message: string;
}

/** A parsed seed file that can map paths to lines. */
export interface SeedText {
  readonly value: unknown;
  /** Syntax errors. If there are any, `value` is meaningless. */
  readonly errors: readonly TextError[];
  /** The 1-based line of a path, or of its nearest existing parent. */
  lineOf(path: readonly PropertyKey[]): number | null;
}

/** Whether a file name ends in `.yaml`, `.yml` or `.json`. */
export function isSeedFile(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name);
}

/** Parses YAML, which includes JSON. Imports the parser on first use, because it loads slowly. */
export async function parseSeedText(text: string): Promise<SeedText> {
  const { isNode, isPair, LineCounter, parseDocument, isMap, isScalar } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const errors: TextError[] = document.errors.map((error) => ({
    line: lines.linePos(error.pos[0]).line,
    message: error.message,
  }));
  let value: unknown = null;
  try {
    if (errors.length === 0) value = document.toJS() ?? {};
  } catch (cause) {
    // An alias without its anchor is only found here, without a line.
    errors.push({ line: null, message: errorMessage(cause) });
  }

  /** The line of the key, because a value may begin further down. */
  const keyLine = (path: readonly PropertyKey[]): number | null => {
    const parent: unknown = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
    if (!isMap(parent)) return null;
    const pair = parent.items.find(
      (item) => isPair(item) && isScalar(item.key) && item.key.value === path.at(-1),
    );
    return pair && isNode(pair.key) && pair.key.range ? lines.linePos(pair.key.range[0]).line : null;
  };

  const lineOf = (path: readonly PropertyKey[]): number | null => {
    for (let length = path.length; length >= 0; length--) {
      const known = path.slice(0, length);
      const key = length > 0 ? keyLine(known) : null;
      if (key !== null) return key;
      const node: unknown = document.getIn(known, true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return null;
  };
  return { value, errors, lineOf };
}
