import { Lab } from "../../test/support/lab.js";
import { bench, throughput } from "../bench-command.js";
import { runLoad } from "../load.js";
import { longestCheckpointSteps } from "../lone-machine.js";
import { median, type Row, row, type Section } from "../report.js";

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const ROUNDS = 3;
const OPERATIONS = 100;

/** Ten times the state may cost little: what changes is what costs. */
export async function state(): Promise<Section> {
  const labs: { keys: number; lab: Lab; figures: number[] }[] = [];
  try {
    for (const keys of SIZES) {
      const lab = await Lab.open();
      labs.push({ keys, lab, figures: [] });
      await lab.ok("up", "--detach");
      await runLoad({ dir: lab.cluster, clients: 16, operations: keys, operationsPerRequest: 200, keys });
      await bench(lab, ...flags(keys), "--warm-up", "100ms", "--duration", "4s");
    }
    // in turns, so that what else the machine does falls on all alike
    for (let round = 0; round < ROUNDS; round++)
      for (const { keys, lab, figures } of labs)
        figures.push(throughput(await bench(lab, ...flags(keys), "--warm-up", "2s", "--duration", "6s")));
  } finally {
    for (const { lab } of labs) await lab.close();
  }
  const figureOf = (keys: number) => median(labs.find((each) => each.keys === keys)?.figures ?? []);
  const rows: Row[] = SIZES.map((keys, index) => {
    const before = SIZES[index - 1];
    const note = before === undefined ? "" : `to ${named(before)} keys${keys === 1_000_000 ? "; required: more than 0.85" : ""}`;
    return row(`${named(keys)} keys`, figureOf(keys), "op/s", before === undefined ? null : figureOf(before), note);
  });
  for (const keys of [100_000, 1_000_000]) {
    const steps = await longestCheckpointSteps(keys);
    const own = steps.map(({ ownMs }) => ownMs);
    const note = `${steps.length} checkpoints of 77,000 writes: ${inWords(own)}; with garbage collection in their midst ${inWords(steps.map(({ withCollectionMs }) => withCollectionMs))}; ratio to what is required: under 20 ms`;
    rows.push(row(`${named(keys)} keys: longest step of a checkpoint, alone in a process (median)`, median(own), "ms", 20, note));
  }
  return {
    title: `State: 16 clients, ${OPERATIONS} writes of 100 bytes a request all over the state, f = 1, fsync (median of ${ROUNDS} rounds in turns)`,
    about:
      "Between two checkpoints the same number of keys changes, whatever the size. The digest of a checkpoint is computed a part at a time, and a large state is saved when enough has changed.",
    rows,
  };
}

function flags(keys: number): readonly string[] {
  return ["--clients", "16", "--ops-per-request", `${OPERATIONS}`, "--keys", `${keys}`];
}

function inWords(milliseconds: readonly number[]): string {
  return `${milliseconds.map((ms) => ms.toFixed(0)).join(", ")} ms`;
}

function named(count: number): string {
  return count.toLocaleString("en-US");
}
