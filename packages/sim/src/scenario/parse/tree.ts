import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { type Place, type Problems, quoted } from "./problem.js";

/** A scenario is a page of text; what is larger is none. */
const SCENARIO_BYTES_MAX = 32 * 1024;
/** Brackets within brackets, and what is indented under what. */
const DEPTH_MAX = 12;
/** Columns. */
const INDENT_MAX = 100;

/** What a YAML file holds, each part with its place. Plain values only: no anchors, no tags, no keys but text. */
export type Tree = Scalar | List | Fields;

export interface Scalar extends Place {
  readonly kind: "scalar";
  /** As it was written, without quotes; null for nothing at all. */
  readonly text: string | null;
}

export interface List extends Place {
  readonly kind: "list";
  readonly items: readonly Tree[];
}

export interface Fields extends Place {
  readonly kind: "fields";
  readonly fields: readonly Field[];
}

export interface Field extends Place {
  readonly key: string;
  readonly value: Tree;
}

/** Reads YAML that anybody may have written. @returns null when there are problems. */
export function readTree(text: string, problems: Problems): Tree | null {
  const start = { line: 1, column: 1 };
  if (text.length > SCENARIO_BYTES_MAX)
    return problems.add(start, `the file is too large: ${text.length} characters, where ${SCENARIO_BYTES_MAX} are the most`);
  // Before the parser sees it: it is recursive, and so are regular expressions that it makes.
  if (mayBeDeep(text)) return problems.add(start, `the file is nested too deeply; ${DEPTH_MAX} levels are the most`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, version: "1.2" });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  for (const { pos, message } of [...document.errors, ...document.warnings]) problems.add(place(pos[0]), firstLine(message));
  if (problems.count > 0) return null;
  if (document.contents === null) return problems.add(start, "the file is empty; a scenario has name, about and steps");
  const tree = new Conversion(place, problems).convert(document.contents, start, 0);
  return problems.count > 0 ? null : tree;
}

class Conversion {
  readonly #place: (offset: number) => Place;
  readonly #problems: Problems;

  constructor(place: (offset: number) => Place, problems: Problems) {
    this.#place = place;
    this.#problems = problems;
  }

  convert(node: Node | null, before: Place, depth: number): Tree {
    if (node === null) return { kind: "scalar", text: null, ...before };
    const at = node.range ? this.#place(node.range[0]) : before;
    const nothing: Tree = { kind: "scalar", text: null, ...at };
    if (isAlias(node) || node.anchor !== undefined) {
      this.#problems.add(at, "anchors and aliases (& and *) are not allowed; write it out");
      return nothing;
    }
    if (node.tag !== undefined && !node.tag.startsWith("tag:yaml.org,2002:")) {
      this.#problems.add(at, `tags are not allowed, such as ${quoted(node.tag)}`);
      return nothing;
    }
    if (depth > DEPTH_MAX) {
      this.#problems.add(at, `this is nested too deeply; ${DEPTH_MAX} levels are the most`);
      return nothing;
    }
    if (isScalar(node)) return { kind: "scalar", text: textOf(node.value, node.source), ...at };
    if (isSeq(node))
      return { kind: "list", items: node.items.map((item) => this.convert(item as Node | null, at, depth + 1)), ...at };
    if (isMap(node)) return { kind: "fields", fields: node.items.map((pair) => this.#field(pair, at, depth)), ...at };
    return nothing;
  }

  #field(pair: { readonly key: unknown; readonly value: unknown }, before: Place, depth: number): Field {
    const key = pair.key as Node | null;
    const at = key?.range ? this.#place(key.range[0]) : before;
    if (key === null || !isScalar(key)) {
      this.#problems.add(at, "a field has a name, such as steps");
      return { key: "", value: { kind: "scalar", text: null, ...at }, ...at };
    }
    return { key: String(key.value), value: this.convert(pair.value as Node | null, at, depth + 1), ...at };
  }
}

/** As written: `1` stays `1`, and `1.0` too. */
function textOf(value: unknown, source: string | undefined): string | null {
  if (value === null) return null;
  if (typeof value === "string") return value;
  return source ?? String(value);
}

/** Brackets within brackets, dashes behind dashes on one line, or a line indented too far. */
function mayBeDeep(text: string): boolean {
  let brackets = 0;
  for (const character of text) {
    if (character === "[" || character === "{") brackets += 1;
    else if (character === "]" || character === "}") brackets = Math.max(0, brackets - 1);
    if (brackets > DEPTH_MAX) return true;
  }
  return text.split("\n").some((line) => {
    const lead = /^[\s?:-]*/.exec(line)?.[0] ?? "";
    return lead.length > INDENT_MAX || lead.replaceAll(/[^?:-]/g, "").length > DEPTH_MAX;
  });
}

function firstLine(message: string): string {
  return message.split("\n")[0] ?? message;
}
