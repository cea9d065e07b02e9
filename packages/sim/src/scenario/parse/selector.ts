import type { ReplicaSet, Selector } from "../scenario.js";
import { type Problems, quoted } from "./problem.js";
import { described, items } from "./read.js";
import type { Tree } from "./tree.js";

/** Words that name replicas, and what they stand for. */
const SETS: Readonly<Record<string, ReplicaSet>> = {
  primary: "primary",
  leader: "primary",
  backup: "backups",
  backups: "backups",
  correct: "correct",
  liar: "liars",
  liars: "liars",
  all: "all",
  up: "up",
  down: "down",
};

/** What the file may call replicas here. */
export interface Names {
  readonly replicas: number;
  readonly faults: number;
  /** Names that earlier steps gave. */
  readonly roles: readonly string[];
}

/** `2`, `[0, 1]`, `primary`, `one backup`, `f backups`, `last backup`, a name that was given, or a list of these. */
export function selectorOf(problems: Problems, tree: Tree, names: Names): Selector | null {
  if (tree.kind === "list") {
    const all = items(problems, tree, "replicas", names.replicas)?.map((each) => selectorOf(problems, each, names)) ?? [null];
    const of = all.filter((each) => each !== null);
    return of.length === all.length ? { kind: "several", of } : null;
  }
  if (tree.kind !== "scalar" || tree.text === null)
    return problems.add(tree, `expected replicas, such as 2, primary or one backup, got ${described(tree)}`);
  const word = tree.text.trim();
  if (/^\d{1,9}$/.test(word)) return idOf(problems, tree, Number(word), names);
  if (names.roles.includes(word)) return { kind: "role", role: word };
  return setOf(word, names) ?? unknown(problems, tree, word, names);
}

function idOf(problems: Problems, tree: Tree, id: number, { replicas }: Names): Selector | null {
  if (id < replicas) return { kind: "ids", ids: [id] };
  return problems.add(tree, `replica ${id} does not exist; there are replicas 0 to ${replicas - 1}`);
}

/** `one backup`, `f+1 correct`, `last backup`, `2 backups`, or a set as a whole. */
function setOf(word: string, names: Names): Selector | null {
  const [, count = null, noun = ""] = /^(?:(one|another|first|last|f|f\+1|\d{1,3}) )?([a-z]+)$/.exec(word) ?? [];
  const set = Object.hasOwn(SETS, noun) ? SETS[noun] : undefined;
  if (set === undefined || (set === "primary" && count !== null)) return null;
  // One backup, not several: without a number the word has to say so.
  if (count === null && (noun === "backup" || noun === "liar")) return { kind: "set", set, count: 1, from: "first" };
  return { kind: "set", set, count: countOf(count, names), from: count === "last" ? "last" : "first" };
}

function countOf(count: string | null, { faults }: Names): number | null {
  switch (count) {
    case null:
      return null;
    case "one":
    case "another":
    case "first":
    case "last":
      return 1;
    case "f":
      return faults;
    case "f+1":
      return faults + 1;
    default:
      return Number(count);
  }
}

function unknown(problems: Problems, tree: Tree, word: string, { replicas, roles }: Names): null {
  const known = [...Object.keys(SETS), "one backup", "last backup", "f backups", "f+1 backups", ...roles];
  return problems.add(
    tree,
    `${quoted(word)} names no replica; write an id from 0 to ${replicas - 1}, ${known.join(", ")}, or a list of these`,
    { word, known },
  );
}
