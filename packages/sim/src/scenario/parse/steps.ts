import type { ProtocolName } from "@bft/core";
import type { Action, Step, Submission } from "../scenario.js";
import { PROTOCOLS } from "./by-protocol.js";
import { claimsOf, expectationsOf, type Known } from "./claims.js";
import type { Problems } from "./problem.js";
import { described, field, fieldsOf, identifier, items, oneOf, refuseOthers, text, timeSpan } from "./read.js";
import { selectorOf } from "./selector.js";
import type { Field, Fields, Tree } from "./tree.js";

const VERBS = [
  "submit",
  "cast",
  "kill",
  "restart",
  "lie",
  "honest",
  "partition",
  "heal",
  "wait",
  "wait until",
  "expect",
] as const;
type Verb = (typeof VERBS)[number];
/** What may stand beside the verb. */
const BESIDE: Readonly<Record<Verb, readonly string[]>> = {
  submit: ["as", "answer", "gives", "within"],
  cast: [],
  kill: [],
  restart: [],
  lie: [],
  honest: [],
  partition: [],
  heal: [],
  wait: [],
  "wait until": ["within"],
  expect: [],
};
const ALWAYS = ["say", "only"];
const STEPS_MAX = 100;
const DEFAULT_WITHIN_MS = 15_000;
/** So long nothing must come when a request is not to be answered. */
const DEFAULT_SILENCE_MS = 3_000;

/** What a step may refer to. */
export interface Cast {
  readonly replicas: number;
  readonly faults: number;
  /** Behaviours of this protocol by name. */
  readonly behaviours: readonly string[];
}

/** The steps of one protocol; the tree says nothing by protocol any more. */
export function stepsOf(problems: Problems, tree: Tree, protocol: ProtocolName, cast: Cast): readonly Step[] {
  const reader = new StepReader(problems, cast);
  const all = items(problems, tree, "a list of steps, each beginning with a dash", STEPS_MAX) ?? [];
  return all.flatMap((each, index) => {
    const step = reader.read(each, index + 1);
    const only = each.kind === "fields" ? onlyOf(problems, each) : null;
    return step === null || (only !== null && !only.includes(protocol)) ? [] : [step];
  });
}

function onlyOf(problems: Problems, tree: Fields): readonly ProtocolName[] | null {
  const only = field(tree, "only");
  if (only === null) return null;
  const names = only.value.kind === "list" ? only.value.items : [only.value];
  return names.flatMap((each) => oneOf(problems, each, "a protocol", PROTOCOLS) ?? []);
}

class StepReader {
  readonly #problems: Problems;
  readonly #cast: Cast;
  readonly #requests: string[] = [];
  readonly #roles: string[] = [];

  constructor(problems: Problems, cast: Cast) {
    this.#problems = problems;
    this.#cast = cast;
  }

  read(tree: Tree, number: number): Step | null {
    // `- heal` alone.
    if (tree.kind === "scalar" && tree.text === "heal") return { number, line: tree.line, say: null, kind: "heal" };
    const step = fieldsOf(this.#problems, tree, `a step such as "kill: 2"`);
    if (step === null) return null;
    const found = step.fields.filter(({ key }) => (VERBS as readonly string[]).includes(key));
    const [first] = found;
    if (first === undefined) return this.#problems.unknownWord(step, step.fields[0]?.key ?? "", "a step", VERBS);
    if (found.length > 1) {
      const names = found.map(({ key }) => key).join(" and ");
      return this.#problems.add(step, `one step does one thing, this has ${names}; begin another step with a dash`);
    }
    const verb = first.key as Verb;
    refuseOthers(this.#problems, step, `a part of a ${verb} step`, [verb, ...BESIDE[verb], ...ALWAYS]);
    const said = field(step, "say");
    const say = said === null ? null : text(this.#problems, said.value, "a sentence");
    const action = this.#action(verb, first, step);
    return action === null ? null : { number, line: step.line, say, ...action };
  }

  get #known(): Known {
    const { replicas, faults } = this.#cast;
    return { replicas, faults, roles: this.#roles, requests: this.#requests };
  }

  #action(verb: Verb, { value }: Field, step: Fields): Action | null {
    const problems = this.#problems;
    switch (verb) {
      case "submit":
        return this.#submit(value, step);
      case "cast":
        return this.#castRoles(value);
      case "kill":
      case "restart":
      case "honest": {
        const replicas = selectorOf(problems, value, this.#known);
        return replicas === null ? null : { kind: verb, replicas };
      }
      case "lie":
        return this.#lie(value);
      case "partition": {
        const groups = (items(problems, value, "groups of replicas, such as [[0, 1], [2]]", this.#cast.replicas) ?? []).flatMap(
          (group) => selectorOf(problems, group, this.#known) ?? [],
        );
        return { kind: "partition", groups };
      }
      case "heal":
        if (value.kind === "scalar" && (value.text === null || value.text === "all")) return { kind: "heal" };
        return problems.add(value, `heal undoes the whole partition and takes nothing; got ${described(value)}`);
      case "wait": {
        const ms = timeSpan(problems, value);
        return ms === null ? null : { kind: "wait", ms };
      }
      case "wait until":
        return {
          kind: "wait-until",
          claims: claimsOf(problems, value, this.#known),
          withinMs: this.#within(step, DEFAULT_WITHIN_MS),
        };
      case "expect":
        return { kind: "expect", claims: expectationsOf(problems, value, this.#known) };
    }
  }

  #within(step: Fields, otherwise: number): number {
    const within = field(step, "within");
    return (within === null ? null : timeSpan(this.#problems, within.value)) ?? otherwise;
  }

  #submit(value: Tree, step: Fields): Action | null {
    const problems = this.#problems;
    const trees = value.kind === "list" ? (items(problems, value, "operations", 100) ?? []) : [value];
    const operations = trees.flatMap((each) => text(problems, each, "an operation, such as set x 1", 1000) ?? []);
    const answered = field(step, "answer");
    const answers = ["now", "later", "none", "maybe"] as const;
    const answer = (answered === null ? null : oneOf(problems, answered.value, "an answer", answers)) ?? "now";
    const named = field(step, "as");
    const as = named === null ? null : identifier(problems, named.value, "the name of a request");
    if (named !== null && as !== null && this.#requests.includes(as))
      problems.add(named.value, `an earlier step submits a request as "${as}" already; give it another name`);
    if (as !== null) this.#requests.push(as);
    const withinMs = this.#within(step, answer === "none" ? DEFAULT_SILENCE_MS : DEFAULT_WITHIN_MS);
    return { kind: "submit", operations, as, answer, gives: this.#gives(step, answer), withinMs };
  }

  #gives(step: Fields, answer: Submission["answer"]): Submission["gives"] {
    const gives = field(step, "gives");
    if (gives === null) return { kind: "any" };
    if (answer === "none" || answer === "later")
      this.#problems.add(gives, `gives says what the client is told, and with "answer: ${answer}" it is told nothing here`);
    const { value: tree } = gives;
    if (tree.kind === "scalar") return tree.text === "any" ? { kind: "any" } : { kind: "value", value: tree.text };
    const not = tree.kind === "fields" && tree.fields.length === 1 ? field(tree, "not") : null;
    if (not?.value.kind === "scalar") return { kind: "not", value: not.value.text };
    this.#problems.add(tree, `expected a result such as "1", null for no value, or { not: "1" }, got ${described(tree)}`);
    return { kind: "any" };
  }

  #castRoles(value: Tree): Action | null {
    const problems = this.#problems;
    const fields = fieldsOf(problems, value, "names for replicas, such as { old: primary, late: one backup }");
    if (fields === null) return null;
    const roles = fields.fields.flatMap((each) => {
      const role = identifier(
        problems,
        { kind: "scalar", text: each.key, line: each.line, column: each.column },
        "the name of a replica",
      );
      const replicas = selectorOf(problems, each.value, this.#known);
      return role === null || replicas === null ? [] : [{ role, replicas }];
    });
    this.#roles.push(...roles.map(({ role }) => role));
    return { kind: "cast", roles };
  }

  #lie(value: Tree): Action | null {
    const problems = this.#problems;
    const fields = fieldsOf(problems, value, "who lies and how, such as { replica: primary, behaviour: equivocate }");
    if (fields === null) return null;
    refuseOthers(problems, fields, "a part of lie", ["replica", "replicas", "behaviour"]);
    const who = field(fields, "replica") ?? field(fields, "replicas");
    const how = field(fields, "behaviour");
    if (who === null || how === null)
      return problems.add(fields, "lie says who and how: { replica: primary, behaviour: equivocate }");
    const replicas = selectorOf(problems, who.value, this.#known);
    const behaviour = oneOf(problems, how.value, "a behaviour of this protocol", this.#cast.behaviours);
    return replicas === null || behaviour === null ? null : { kind: "lie", replicas, behaviour };
  }
}
