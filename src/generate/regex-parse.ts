/** Parses a regular expression into a tree from which matching text can be generated. */

import { GenerationFailure } from "./failure.js";
import {
  complement,
  DIGITS,
  PRINTABLE,
  point,
  type Range,
  SPACE,
  sampled,
  single,
  WORD,
} from "./regex-ranges.js";

export type RegexNode =
  /** Anchors and look-arounds: they produce no text, and are checked on the whole text later. */
  | { readonly kind: "nothing" }
  | { readonly kind: "character"; readonly ranges: readonly Range[] }
  | { readonly kind: "sequence"; readonly parts: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly options: readonly RegexNode[] }
  | { readonly kind: "repeat"; readonly node: RegexNode; readonly min: number; readonly max: number }
  | { readonly kind: "group"; readonly node: RegexNode; readonly names: readonly string[] }
  | { readonly kind: "backreference"; readonly name: string };

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, "0": 0, b: 8 };

/** @throws GenerationFailure for an unsupported construct */
export function parseRegex(pattern: string): RegexNode {
  return new Parser(pattern).parse();
}

class Parser {
  readonly #text: readonly string[];
  #at = 0;
  #groups = 0;

  constructor(pattern: string) {
    this.#text = Array.from(pattern);
  }

  parse(): RegexNode {
    const node = this.#choice();
    if (this.#at < this.#text.length) throw this.#unknown();
    return node;
  }

  #peek(length = 1): string {
    return this.#text.slice(this.#at, this.#at + length).join("");
  }

  #take(): string {
    const character = this.#text[this.#at];
    if (character === undefined) throw this.#unknown();
    this.#at += 1;
    return character;
  }

  /** Consumes `expected` if it comes next. */
  #skip(expected: string): boolean {
    const { length } = expected;
    if (this.#peek(length) !== expected) return false;
    this.#at += length;
    return true;
  }

  #unknown(): GenerationFailure {
    const pattern = JSON.stringify(this.#text.join(""));
    return new GenerationFailure(`the pattern ${pattern} is not supported at character ${this.#at}`);
  }

  #choice(): RegexNode {
    const options = [this.#sequence()];
    while (this.#skip("|")) options.push(this.#sequence());
    return options.length === 1 && options[0] ? options[0] : { kind: "choice", options };
  }

  #sequence(): RegexNode {
    const parts: RegexNode[] = [];
    while (this.#at < this.#text.length && this.#peek() !== "|" && this.#peek() !== ")") {
      parts.push(this.#quantified(this.#atom()));
    }
    return { kind: "sequence", parts };
  }

  #quantified(node: RegexNode): RegexNode {
    const [min, max] = this.#quantifier() ?? [1, 1];
    if (min === 1 && max === 1) return node;
    this.#skip("?");
    return { kind: "repeat", node, min, max };
  }

  #quantifier(): [number, number] | null {
    if (this.#skip("*")) return [0, Number.POSITIVE_INFINITY];
    if (this.#skip("+")) return [1, Number.POSITIVE_INFINITY];
    if (this.#skip("?")) return [0, 1];
    const braces = /^\{(\d+)(,?)(\d*)\}/.exec(this.#peek(40));
    if (!braces) return null;
    this.#at += braces[0].length;
    const min = Number(braces[1]);
    if (braces[2] === "") return [min, min];
    return [min, braces[3] === "" ? Number.POSITIVE_INFINITY : Number(braces[3])];
  }

  #atom(): RegexNode {
    const character = this.#take();
    switch (character) {
      case "^":
      case "$":
        return { kind: "nothing" };
      case ".":
        return { kind: "character", ranges: [PRINTABLE] };
      case "(":
        return this.#group();
      case "[":
        return { kind: "character", ranges: this.#class() };
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
        throw this.#unknown();
      default:
        return { kind: "character", ranges: point(character) };
    }
  }

  #group(): RegexNode {
    if (this.#skip("?=") || this.#skip("?!") || this.#skip("?<=") || this.#skip("?<!")) {
      this.#choice();
      this.#close();
      return { kind: "nothing" };
    }
    const names: string[] = [];
    if (!this.#skip("?:")) {
      this.#groups += 1;
      names.push(String(this.#groups));
      if (this.#skip("?<")) names.push(this.#until(">"));
      else if (this.#peek() === "?") throw this.#unknown();
    }
    const node = this.#choice();
    this.#close();
    return { kind: "group", node, names };
  }

  #close(): void {
    if (!this.#skip(")")) throw this.#unknown();
  }

  #until(end: string): string {
    let text = "";
    for (let next = this.#take(); next !== end; next = this.#take()) text += next;
    return text;
  }

  #escape(): RegexNode {
    const next = this.#peek();
    if (next === "b" || next === "B") {
      this.#at += 1;
      return { kind: "nothing" };
    }
    if (/[1-9]/.test(next)) return { kind: "backreference", name: this.#take() };
    if (this.#skip("k<")) return { kind: "backreference", name: this.#until(">") };
    return { kind: "character", ranges: this.#escapedRanges() };
  }

  /** The characters that an escape matches, inside or outside a class. */
  #escapedRanges(): readonly Range[] {
    const character = this.#take();
    switch (character) {
      case "d":
        return DIGITS;
      case "D":
        return complement(DIGITS);
      case "w":
        return WORD;
      case "W":
        return complement(WORD);
      case "s":
        return SPACE;
      case "S":
        return complement(SPACE);
      case "p":
      case "P":
        if (this.#skip("{")) return sampled(`\\${character}{${this.#until("}")}}`);
        break;
      case "c":
        return point(this.#take().charCodeAt(0) % 32);
      case "x":
        return point(this.#hex(2) ?? 0x78);
      case "u":
        if (this.#skip("{")) return point(Number.parseInt(this.#until("}"), 16));
        return point(this.#utf16());
    }
    return point(CONTROLS[character] ?? character);
  }

  #hex(digits: number): number | null {
    const text = this.#peek(digits);
    if (text.length !== digits || !/^[0-9a-fA-F]+$/.test(text)) return null;
    this.#at += digits;
    return Number.parseInt(text, 16);
  }

  /** The code point of a `\u` escape, combined with a following one if the two are a surrogate pair. */
  #utf16(): number {
    const first = this.#hex(4);
    if (first === null) return 0x75;
    const isHigh = first >= 0xd800 && first < 0xdc00;
    const second = /^\\u(d[c-f][0-9a-f]{2})/i.exec(this.#peek(6))?.[1];
    if (!isHigh || second === undefined) return first;
    this.#at += 6;
    return (first - 0xd800) * 0x400 + (Number.parseInt(second, 16) - 0xdc00) + 0x10000;
  }

  #class(): readonly Range[] {
    const isNegated = this.#skip("^");
    const ranges: Range[] = [];
    while (!this.#skip("]")) {
      const from = this.#classItem();
      const first = single(from);
      if (first === undefined || this.#peek() !== "-" || this.#peek(2) === "-]") {
        ranges.push(...from);
        continue;
      }
      this.#at += 1;
      const to = this.#classItem();
      const last = single(to);
      if (last !== undefined && last >= first) ranges.push([first, last]);
      else ranges.push(...from, [45, 45], ...to);
    }
    return isNegated ? complement(ranges) : ranges;
  }

  #classItem(): readonly Range[] {
    const character = this.#take();
    return character === "\\" ? this.#escapedRanges() : point(character);
  }
}
