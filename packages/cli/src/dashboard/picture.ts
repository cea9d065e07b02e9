import { setTimeout as sleep } from "node:timers/promises";
import { ClusterPaths } from "@bft/replica";
import type { Cluster } from "../services/cluster.js";
import { ClusterWatcher } from "../services/watcher.js";
import { svgScreen } from "../view/svg-screen.js";
import { factsOf } from "../watch/model.js";
import { ChartDrawer } from "./chart-drawer.js";
import { chartedSlot } from "./chart-view.js";
import { frameOf } from "./frame.js";
import type { Size } from "./layout.js";
import { reduce } from "./reducer.js";
import { RoundTrips } from "./round-trips.js";
import { type Beginning, type DashboardAction, type DashboardState, initialState } from "./state.js";

/** As often as the dashboard itself looks. */
const TICK_MS = 250;
const TICKS_A_SECOND = 4;

export interface PictureOptions extends Beginning {
  readonly cluster: Cluster;
  readonly size: Size;
  /** For so long the cluster is watched before: rates and sparklines need some time. */
  readonly watchMs: number;
  /** Settles when there is to be no picture any more. */
  readonly until: Promise<unknown>;
}

/** One frame of the dashboard as an SVG picture, after the cluster was watched for a while. */
export async function pictureOf(options: PictureOptions): Promise<string> {
  const { cluster, size, page } = options;
  const state = await watch(options);
  const title = `bft dashboard ${cluster.dir}`;
  return svgScreen({ title, columns: size.columns, lines: frameOf(page === "chart" ? await withChart(state, cluster) : state) });
}

async function watch({ cluster, size, watchMs, until, page, replica, seq }: PictureOptions): Promise<DashboardState> {
  const facts = factsOf(cluster.dir, cluster.config);
  let state = initialState({ facts, size, owned: false, behaviours: [], nowMs: Date.now() }, { page, replica, seq });
  const see = (action: DashboardAction) => {
    state = reduce(state, action).state;
  };
  const watcher = new ClusterWatcher({ cluster, intervalMs: TICK_MS, onAction: see });
  const roundTrips = new RoundTrips(new ClusterPaths(cluster.dir).history);
  let stopped = false;
  void until.then(() => {
    stopped = true;
  });
  watcher.start();
  try {
    const endMs = Date.now() + watchMs;
    for (let tick = 0; !stopped && (Date.now() < endMs || tick === 0); tick++) {
      if (tick % TICKS_A_SECOND === 0) see({ kind: "round-trips", atMs: Date.now(), tookMs: await roundTrips.next() });
      await sleep(TICK_MS);
      see({ kind: "tick", atMs: Date.now() });
    }
  } finally {
    watcher.stop();
  }
  return state;
}

async function withChart(state: DashboardState, cluster: Cluster): Promise<DashboardState> {
  const seq = chartedSlot(state);
  if (seq === null) return state;
  const { columns } = state.size;
  const charts = new ChartDrawer(cluster);
  const result = await charts.draw({ seq, newest: state.cursor === null, columns });
  await charts.close();
  return reduce(state, { kind: "chart", drawn: { seq, columns, atMs: Date.now(), tookMs: 0, result } }).state;
}
