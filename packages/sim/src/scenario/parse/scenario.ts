import { type ProtocolName, SERVICES } from "@bft/core";
import { factsOf } from "../facts.js";
import type { Play, Scenario } from "../scenario.js";
import { forProtocol, PROTOCOLS } from "./by-protocol.js";
import { type Problem, Problems } from "./problem.js";
import { field, fieldsOf, identifier, items, oneOf, refuseOthers, text, wholeNumber } from "./read.js";
import { stepsOf } from "./steps.js";
import { type Fields, readTree, type Tree } from "./tree.js";

export type ParsedScenario =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const FIELDS = ["name", "about", "question", "protocols", "f", "service", "steps"] as const;
const FAULTS_MAX = 5;

/**
 * Reads a scenario (docs/scenarios.md) that anybody may have written.
 * @returns all that is wrong with it, in the order of the file, when it is none.
 */
export function parseScenario(source: string): ParsedScenario {
  const problems = new Problems();
  const tree = readTree(source, problems);
  const scenario = tree === null ? null : scenarioOf(problems, tree);
  if (scenario === null || problems.count > 0) return { ok: false, problems: problems.all };
  return { ok: true, scenario };
}

function scenarioOf(problems: Problems, tree: Tree): Scenario | null {
  const file = fieldsOf(problems, tree, "the fields of a scenario: name, about, steps");
  if (file === null) return null;
  refuseOthers(problems, file, "a field of a scenario", FIELDS);
  const name = required(problems, file, "name", (value) => identifier(problems, value, "the scenario's name"));
  const about = required(problems, file, "about", (value) => text(problems, value, "what the scenario shows"));
  const question = optional(file, "question", null, (value) => text(problems, value, "a question"));
  const faults = optional(file, "f", 1, (value) => wholeNumber(problems, value, "f", 0, FAULTS_MAX)) ?? 1;
  const service = optional(file, "service", "kv", (value) => oneOf(problems, value, "a service", [...SERVICES.keys()])) ?? "kv";
  const protocols = optional(file, "protocols", PROTOCOLS, (value) => protocolsOf(problems, value)) ?? [];
  const steps = required(problems, file, "steps", (value) => value);
  const plays = steps === null ? [] : protocols.map((each) => playOf(problems, steps, each, faults));
  if (name === null || about === null) return null;
  return { name, about, question, faults, service, plays };
}

function playOf(problems: Problems, steps: Tree, protocol: ProtocolName, faults: number): Play {
  const known = { faults, ...factsOf(protocol, faults) };
  return { protocol, steps: stepsOf(problems, forProtocol(steps, protocol, problems), protocol, known) };
}

function protocolsOf(problems: Problems, tree: Tree): readonly ProtocolName[] | null {
  const names = items(problems, tree, "a list of protocols, such as [pbft, raft]", PROTOCOLS.length);
  const protocols = names?.flatMap((each) => oneOf(problems, each, "a protocol", PROTOCOLS) ?? []) ?? null;
  return protocols === null ? null : [...new Set(protocols)];
}

function required<T>(problems: Problems, file: Fields, key: (typeof FIELDS)[number], read: (value: Tree) => T | null): T | null {
  const found = field(file, key);
  return found === null
    ? problems.add(file, `the scenario has no ${key}; add ${key}: at the beginning of a line`)
    : read(found.value);
}

function optional<T>(file: Fields, key: (typeof FIELDS)[number], otherwise: T, read: (value: Tree) => T | null): T | null {
  const found = field(file, key);
  return found === null ? otherwise : read(found.value);
}
