import { Random } from "../random.js";
import { CALM, type Pins } from "./options.js";
import type { Action, Plan } from "./plan.js";
import { randomPlan } from "./random-plan.js";

/** How long one partition lasts: about a view (its timeout is a second). */
const ROUND_MS = 1_500;
const REQUESTS_PER_ROUND = 4;

/**
 * The systematic scenarios of Twins (Bano et al., OPODIS '21) for a cluster with f = 1: one replica runs twice with one key, and in
 * each round the five processes are split in two in every possible way. Scenario `index` is always the same one; the indices
 * below `twinsScenarios(rounds)` are all of them.
 */
export function twinsPlan(index: number, rounds: number): Plan {
  const total = twinsScenarios(rounds);
  if (!Number.isSafeInteger(index) || index < 0 || index >= total)
    throw new RangeError(`with ${rounds} rounds there are the Twins scenarios 0 to ${total - 1}, not ${index}`);
  const replicas = 4;
  // Steps through all of them so that the first thousand are already far apart.
  let rest = (index * 7_919) % total;
  const twin = rest % replicas;
  rest = Math.floor(rest / replicas);
  const processes = Array.from({ length: replicas + 1 }, (_, process) => process);
  const splits: Action[] = [];
  for (let round = 0; round < rounds; round++) {
    splits.push(...split(round * ROUND_MS, processes, rest % SPLITS));
    rest = Math.floor(rest / SPLITS);
  }
  const core = processes.slice(0, replicas).filter((id) => id !== twin);
  return {
    ...randomPlan(0, QUIET),
    seed: index,
    liars: [],
    twins: [twin],
    actions: [...splits, ...requests(rounds)].sort((a, b) => a.at - b.at),
    heal: { at: rounds * ROUND_MS, core, withinMs: 240_000 },
  };
}

/** Ways to put five processes in two groups, the whole included. */
const SPLITS = 2 ** 4;

/** How many scenarios there are: who is the twin, and how each round is split. */
export function twinsScenarios(rounds: number): number {
  if (!Number.isSafeInteger(rounds) || rounds < 1 || rounds > 6)
    throw new RangeError(`Twins scenarios have 1 to 6 rounds, not ${rounds}`);
  return 4 * SPLITS ** rounds;
}

const QUIET: Pins = {
  ...CALM,
  service: "kv",
  f: 1,
  replicas: 4,
  clients: 2,
  requests: 0,
  "delay-ms": 20,
  reorder: true,
  checkpoint: 4,
  pipeline: 4,
  batch: 4,
  window: 4,
  reads: "ordered",
  compact: true,
};

/** The last process stays on the first side, so that no split counts twice. */
function split(at: number, processes: readonly number[], choice: number): Action[] {
  const away = processes.filter((process) => process < processes.length - 1 && ((choice >> process) & 1) === 1);
  const here = processes.filter((process) => !away.includes(process));
  if (away.length === 0) return [{ at, kind: "mend" }];
  return [
    { at, kind: "mend" },
    { at, kind: "cut", from: away, to: here },
    { at, kind: "cut", from: here, to: away },
  ];
}

function requests(rounds: number): Action[] {
  const random = new Random(1, "twins");
  return Array.from({ length: rounds * REQUESTS_PER_ROUND }, (_, index) => ({
    at: Math.floor((index * ROUND_MS) / REQUESTS_PER_ROUND),
    kind: "submit",
    client: index % 2,
    operations: [random.chance(0.25) ? `get k${random.below(2)}` : `set k${random.below(2)} ${index}`],
    readOnly: false,
  }));
}
