import { behavioursOf, seatIn, situationIn } from "@bft/sim/byzantine";
import { Lab } from "../../test/support/lab.js";
import { type Benched, bench, load, withCluster } from "../bench-command.js";
import { median, type Row, row, type Section } from "../report.js";

/** What counts are the last seconds, after any view change. */
const COUNTED_MS = 2_000;
/** Without a liar it is measured again after so many behaviours: the machine is not always equally fast. */
const HONEST_EVERY = 10;

/** PBFT promises safety under any one liar. What it serves under each is measured here. */
export async function liars(): Promise<Section> {
  const honest: number[] = [];
  const measured: { name: string; operationsPerSecond: number; view: number }[] = [];
  for (const [index, { name }] of behavioursOf("pbft").entries()) {
    if (index % HONEST_EVERY === 0) honest.push((await under([], 5)).operationsPerSecond);
    measured.push({ name, ...(await underLiar(name)) });
  }
  const fair = median(honest);
  const rows = measured.map(({ name, operationsPerSecond, view }): Row => {
    const notes = [
      `replica ${seatOf(name)}`,
      `view ${view}`,
      situationIn("pbft", name) === "state-transfer" ? "told to who fetches a state only: nobody does here" : "",
      operationsPerSecond < fair / 2 ? "BELOW HALF" : "",
    ];
    return row(name, operationsPerSecond, "op/s", fair, notes.filter((each) => each !== "").join("; "));
  });
  return {
    title: "One liar of four: 16 clients under each behaviour, after the view change (ratio to no liar)",
    about:
      "Each behaviour of `bft byzantine --list`, by the replica that has most occasion for it, switched on under load; what is counted are the last 2 seconds. Lies about view changes are told in one: the primary is stopped for a while. Required: at least half of what is served without a liar.",
    rows: [row(`no liar (median of ${honest.length})`, fair, "op/s"), ...rows],
  };
}

function seatOf(name: string): number {
  return seatIn("pbft", name) ?? 1;
}

function underLiar(name: string): Promise<Figures> {
  const lies = `byzantine ${seatOf(name)} ${name} @300ms`;
  if (situationIn("pbft", name) !== "view-change") return under([lies], 5);
  return under([lies, "pause 0 @600ms", "resume 0 @4s"], 9);
}

interface Figures {
  readonly operationsPerSecond: number;
  readonly view: number;
}

async function under(faults: readonly string[], seconds: number): Promise<Figures> {
  return withCluster(Lab.open, [], async (lab) => {
    const flags = load(16, 1, "--warm-up", "1500ms", "--duration", `${seconds}s`);
    const benched = await bench(lab, ...flags, ...faults.flatMap((fault) => ["--fault", fault]));
    const failed = benched.faults.find((fault) => fault.failed !== null);
    if (failed !== undefined) throw new Error(`--fault "${failed.text}" was not done: ${failed.failed}`);
    return { operationsPerSecond: lately(benched), view: (await lab.status(2)).machine.view };
  });
}

function lately({ clients: { timeline } }: Benched): number {
  const last = timeline.operationsPerSecond.slice(-Math.round(COUNTED_MS / timeline.sliceMs));
  return last.reduce((sum, each) => sum + each, 0) / last.length;
}
