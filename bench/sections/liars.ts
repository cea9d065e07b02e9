import { behavioursOf } from "@bft/sim/byzantine";
import { Lab } from "../../test/support/lab.js";
import { type Benched, bench, load, withCluster } from "../bench-command.js";
import { median, type Row, row, type Section } from "../report.js";

/** The liar is replica 0, the primary of view 0, from this moment on. What counts are the last seconds, after any view change. */
const LIES_FROM = "500ms";
const COUNTED_MS = 2_500;
const FLAGS = load(16, 1, "--warm-up", "2s", "--duration", "6s");
/** Without a liar it is measured again after so many behaviours: the machine is not always equally fast. */
const HONEST_EVERY = 12;

/** PBFT promises safety under any one liar. What it serves under each is measured here. */
export async function liars(): Promise<Section> {
  const honest: number[] = [];
  const measured: { name: string; operationsPerSecond: number; view: number }[] = [];
  const behaviours = behavioursOf("pbft");
  for (const [index, { name }] of behaviours.entries()) {
    if (index % HONEST_EVERY === 0) honest.push((await underLiar(null)).operationsPerSecond);
    measured.push({ name, ...(await underLiar(name)) });
  }
  const fair = median(honest);
  const rows: Row[] = measured.map(({ name, operationsPerSecond, view }) =>
    row(
      name,
      operationsPerSecond,
      "op/s",
      fair,
      [view === 0 ? "stays primary" : `view ${view}`, operationsPerSecond < fair / 2 ? "below half" : ""]
        .filter((each) => each !== "")
        .join("; "),
    ),
  );
  return {
    title: "One liar of four: throughput of 16 clients under each behaviour, after the view change (ratio to no liar)",
    about:
      "Each behaviour of `bft byzantine --list` by the primary of view 0, switched on under load; what is counted are the last 2.5 of 6 seconds. Required: at least half of what is served without a liar.",
    rows: [row(`no liar (median of ${honest.length})`, fair, "op/s"), ...rows],
  };
}

async function underLiar(name: string | null): Promise<{ readonly operationsPerSecond: number; readonly view: number }> {
  return withCluster(Lab.open, [], async (lab) => {
    const benched = await bench(lab, ...FLAGS, ...(name === null ? [] : ["--fault", `byzantine 0 ${name} @${LIES_FROM}`]));
    return { operationsPerSecond: lately(benched), view: (await lab.status(1)).machine.view };
  });
}

function lately({ clients: { timeline } }: Benched): number {
  const last = timeline.operationsPerSecond.slice(-Math.round(COUNTED_MS / timeline.sliceMs));
  return last.reduce((sum, each) => sum + each, 0) / last.length;
}
