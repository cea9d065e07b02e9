import { type Problems, quoted } from "./problem.js";
import type { Field, Fields, List, Tree } from "./tree.js";

export function described(tree: Tree): string {
  switch (tree.kind) {
    case "scalar":
      return tree.text === null ? "nothing" : quoted(tree.text);
    case "list":
      return "a list";
    case "fields":
      return `fields (${tree.fields
        .map(({ key }) => key)
        .join(", ")
        .slice(0, 60)})`;
  }
}

/** @param what what should stand there, such as `a request's operation` */
export function text(problems: Problems, tree: Tree, what: string, charactersMax = 4000): string | null {
  if (tree.kind !== "scalar" || tree.text === null || tree.text.trim() === "")
    return problems.add(tree, `expected ${what}, got ${described(tree)}`);
  if (tree.text.length > charactersMax)
    return problems.add(tree, `${what} has at most ${charactersMax} characters, this has ${tree.text.length}`);
  return tree.text.trim();
}

/** A name that a file gives to something: letters, digits and dashes. */
export function identifier(problems: Problems, tree: Tree, what: string): string | null {
  const name = text(problems, tree, what, 40);
  if (name === null || /^[a-z][a-z0-9 -]*$/i.test(name)) return name;
  return problems.add(tree, `${what} is made of letters, digits and dashes and begins with a letter, not ${quoted(name)}`);
}

export function oneOf<T extends string>(problems: Problems, tree: Tree, a: string, known: readonly T[]): T | null {
  const word = text(problems, tree, a);
  if (word === null) return null;
  return known.find((each) => each === word) ?? problems.unknownWord(tree, word, a, known);
}

export function wholeNumber(problems: Problems, tree: Tree, what: string, min: number, max: number): number | null {
  const value = tree.kind === "scalar" && /^\d{1,9}$/.test(tree.text ?? "") ? Number(tree.text) : Number.NaN;
  if (value >= min && value <= max) return value;
  return problems.add(tree, `expected ${what}, a whole number from ${min} to ${max}, got ${described(tree)}`);
}

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
]);
/** Longer than a step of a scenario ever lasts. */
const SPAN_MS_MAX = 60_000;

/** `500ms`, `10s` or `1m`, in milliseconds. */
export function timeSpan(problems: Problems, tree: Tree): number | null {
  const [, digits = "", unit = ""] =
    (tree.kind === "scalar" && /^(\d{1,6}(?:\.\d{1,3})?)\s?(ms|s|m)$/.exec(tree.text ?? "")) || [];
  const ms = Math.round(Number(digits) * (UNITS_MS.get(unit) ?? 0));
  if (ms >= 1 && ms <= SPAN_MS_MAX) return ms;
  return problems.add(tree, `expected a time span such as 500ms or 10s, at most 1m, got ${described(tree)}`);
}

export function items(problems: Problems, tree: Tree, what: string, max: number): List["items"] | null {
  if (tree.kind !== "list" || tree.items.length === 0) return problems.add(tree, `expected ${what}, got ${described(tree)}`);
  if (tree.items.length > max) return problems.add(tree, `expected ${what}, at most ${max}, got ${tree.items.length}`);
  return tree.items;
}

export function fieldsOf(problems: Problems, tree: Tree, what: string): Fields | null {
  return tree.kind === "fields" ? tree : problems.add(tree, `expected ${what}, got ${described(tree)}`);
}

/** The field of that name, or null; the last one, as there is only one. */
export function field(tree: Fields, key: string): Field | null {
  return tree.fields.find((each) => each.key === key) ?? null;
}

/** Tells of fields that nobody knows. */
export function refuseOthers(problems: Problems, tree: Fields, a: string, known: readonly string[]): void {
  for (const each of tree.fields) if (!known.includes(each.key)) problems.unknownWord(each, each.key, a, known);
}
