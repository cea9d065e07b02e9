import type { Line } from "../view/line.js";
import type { DashboardState } from "./state.js";

/** The chart of a slot, as far as it is drawn. */
export interface ChartView {
  /** What was drawn last, or null. */
  readonly drawn: DrawnChart | null;
  /** The slot that is being drawn now, or null. */
  readonly drawing: number | null;
}

/** A chart, or in one sentence why there is none. */
export interface DrawnChart {
  /** The slot that was asked for. */
  readonly seq: number;
  /** When it was done. */
  readonly atMs: number;
  /** How long it took. */
  readonly tookMs: number;
  /** For so many columns. */
  readonly columns: number;
  readonly result: { readonly ok: true; readonly lines: readonly Line[] } | { readonly ok: false; readonly why: string };
}

export const noChart: ChartView = { drawn: null, drawing: null };

/** A chart is drawn again at most so often. */
const AGAIN_MS = 1000;
/** Drawing takes a tenth of one core's time at the most, however large the traces are. */
const REST_TIMES = 10;
/** The last messages about a slot come after it was executed, and traces are written a moment later. */
const GROWS_MS = 4000;

/** The slot that the chart shows: the one under the cursor, or the newest that was executed; null while there is none. */
export function chartedSlot({ cluster, cursor }: Pick<DashboardState, "cluster" | "cursor">): number | null {
  return cursor ?? (cluster.executedTo > 0 ? cluster.executedTo : null);
}

/** The slot whose chart should be drawn now, or null: the page is open, and what is drawn is of another slot or may have grown. */
export function wantedChart(state: DashboardState, atMs: number): number | null {
  const { page, chart, size } = state;
  const seq = chartedSlot(state);
  if (page !== "chart" || seq === null || chart.drawing !== null) return null;
  const { drawn } = chart;
  // Who points at a slot waits for it.
  if (drawn === null || (state.cursor !== null && drawn.seq !== seq)) return seq;
  if (atMs - drawn.atMs < Math.max(AGAIN_MS, REST_TIMES * drawn.tookMs)) return null;
  const same = drawn.seq === seq && drawn.columns === size.columns;
  return same && !mayGrow(state, seq) ? null : seq;
}

/** Whether somebody has not executed it, or did so a moment ago. */
function mayGrow({ cluster, chart }: DashboardState, seq: number): boolean {
  const behind = cluster.replicas.some(({ answers, status }) => answers && (status?.machine.lastExecuted ?? seq) < seq);
  const executedAtMs = cluster.feed.entries.findLast(({ executed }) => executed !== null && executed.to >= seq)?.atMs ?? 0;
  return behind || (chart.drawn?.atMs ?? 0) - executedAtMs < GROWS_MS;
}
