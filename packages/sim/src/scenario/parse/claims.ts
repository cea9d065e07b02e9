import type { Claim, Judged, Phase, Property, Selector } from "../scenario.js";
import { type Problems, quoted } from "./problem.js";
import { described, fieldsOf, identifier, items, oneOf, refuseOthers } from "./read.js";
import { type Names, selectorOf } from "./selector.js";
import type { Field, Fields, Tree } from "./tree.js";

const PROPERTIES: readonly Property[] = ["agreement", "validity", "linearizability", "safety"];
const CLAIMS = ["answered", "unanswered", "executed", "not executed", "phase", "primary"] as const;
const PHASES: readonly (Phase | "nothing")[] = ["nothing", "pre-prepared", "prepared", "committed", "executed"];

/** Names that earlier steps gave. */
export interface Known extends Names {
  readonly requests: readonly string[];
}

/** `{ executed: first, on: correct }`: what must come to be so. */
export function claimsOf(problems: Problems, tree: Tree, known: Known): readonly Claim[] {
  const fields = fieldsOf(problems, tree, "what to wait for, such as { executed: 3 }");
  if (fields === null) return [];
  refuseOthers(problems, fields, "something to wait for", [...CLAIMS, "on"]);
  return claimed(problems, fields, known);
}

/** `{ agreement: held }`: what must be so. */
export function expectationsOf(problems: Problems, tree: Tree, known: Known): readonly (Claim | Judged)[] {
  const fields = fieldsOf(problems, tree, "what is expected, such as { agreement: held }");
  if (fields === null) return [];
  refuseOthers(problems, fields, "something to expect", [...PROPERTIES, "evidence", ...CLAIMS, "on"]);
  const judged = fields.fields.map((each): Judged | null => {
    const property = PROPERTIES.find((name) => name === each.key);
    if (property !== undefined) {
      const is = oneOf(problems, each.value, "held or broken", ["held", "broken"] as const);
      return is === null ? null : { kind: "property", property, is };
    }
    if (each.key !== "evidence") return null;
    const against = selectorOf(problems, each.value, known);
    return against === null ? null : { kind: "evidence", against };
  });
  return [...judged.filter((each) => each !== null), ...claimed(problems, fields, known)];
}

function claimed(problems: Problems, fields: Fields, known: Known): readonly Claim[] {
  const others = [...PROPERTIES, "evidence", "on"] as readonly string[];
  if (fields.fields.length === 0) problems.add(fields, "there is nothing in it");
  const place = fields.fields.find(({ key }) => key === "on");
  const on = place === undefined ? null : selectorOf(problems, place.value, known);
  if (place !== undefined && !fields.fields.some(({ key }) => !others.includes(key)))
    problems.add(place, "on says where to look, and there is nothing to look for");
  const claims = fields.fields.map((each) => claimOf(problems, each, on, known));
  return claims.filter((each) => each !== null);
}

const CORRECT: Selector = { kind: "set", set: "correct", count: null, from: "first" };

function claimOf(problems: Problems, { key, value }: Field, on: Selector | null, known: Known): Claim | null {
  switch (key) {
    case "answered":
    case "unanswered": {
      const trees = value.kind === "list" ? items(problems, value, "names of requests", 100) : [value];
      const requests = (trees ?? []).map((each) => requestOf(problems, each, known)).filter((each) => each !== null);
      return { kind: key, requests };
    }
    case "executed":
    case "not executed": {
      const upTo = executedUpTo(problems, value, known);
      return upTo === null ? null : { kind: key === "executed" ? key : "not-executed", upTo, on: on ?? CORRECT };
    }
    case "phase": {
      const phase = oneOf(problems, value, "a phase", PHASES);
      return phase === null ? null : { kind: "phase", phase, on: on ?? CORRECT };
    }
    case "primary": {
      const is = oneOf(problems, value, "known or changed", ["known", "changed"] as const);
      return is === null ? null : { kind: "primary", is, on: on ?? { kind: "set", set: "up", count: null, from: "first" } };
    }
    default:
      return null;
  }
}

function executedUpTo(problems: Problems, tree: Tree, known: Known): string | number | null {
  if (tree.kind === "scalar" && /^\d{1,6}$/.test(tree.text ?? "")) return Number(tree.text);
  if (tree.kind === "scalar") return requestOf(problems, tree, known);
  return problems.add(tree, `expected a sequence number or the name of a request, got ${described(tree)}`);
}

function requestOf(problems: Problems, tree: Tree, { requests }: Known): string | null {
  const name = identifier(problems, tree, "the name of a request");
  if (name === null || requests.includes(name)) return name;
  const there = requests.length === 0 ? "no request has a name" : `there are: ${requests.join(", ")}`;
  return problems.add(tree, `no earlier step submits a request as ${quoted(name)}; ${there}`, { word: name, known: requests });
}
