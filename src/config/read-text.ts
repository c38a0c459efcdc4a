import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { InvalidSeed, seedFileError } from "./problems.js";

/**
 * The text of a seed file, without a byte order mark.
 * @throws InvalidSeed when it cannot be read, or is not UTF-8
 */
export async function readText(file: string): Promise<string> {
  const bytes = await read(file);
  const wide = wideEncoding(bytes);
  if (wide) throw seedFileError(file, `the encoding is ${wide}, expected UTF-8: save the file as UTF-8`);
  if (!isUtf8(bytes)) {
    const line = firstLineOfOther(bytes);
    const message = "this line is not UTF-8 but another encoding, such as Latin-1: save the file as UTF-8";
    throw new InvalidSeed([{ file, line, path: "", message }]);
  }
  const text = bytes.toString("utf8");
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : null;
    throw seedFileError(file, code === "ENOENT" ? "no such file" : `cannot be read: ${String(cause)}`);
  }
}

/** An encoding with several bytes for each ASCII character, by its byte order mark or by the zeros of a first character. */
function wideEncoding(bytes: Buffer): string | null {
  const [first = -1, second = -1, third = -1, fourth = -1] = bytes;
  if (first === 0xff && second === 0xfe) return third === 0 && fourth === 0 ? "UTF-32" : "UTF-16";
  if (first === 0xfe && second === 0xff) return "UTF-16";
  if (first === 0 && second === 0) return "UTF-32";
  if (first > 0 && second === 0 && third === 0) return "UTF-32";
  return first === 0 || second === 0 ? "UTF-16" : null;
}

/** The 1-based first line that is not UTF-8. */
function firstLineOfOther(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}
