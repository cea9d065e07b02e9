import { EventEmitter } from "node:events";
import { ClusterPaths } from "@bft/replica";
import { render } from "ink";
import type { Cluster } from "../services/cluster.js";
import { CommandRunner } from "../services/command-runner.js";
import { ClusterWatcher } from "../services/watcher.js";
import { wantsAscii } from "../view/glyphs.js";
import { painter, wantsColour } from "../view/paint.js";
import { factsOf } from "../watch/model.js";
import { ChartDrawer } from "./chart-drawer.js";
import { Dashboard } from "./Dashboard.js";
import { RoundTrips } from "./round-trips.js";
import { Screen } from "./screen.js";
import { type Beginning, type BehaviourChoice, type Command, initialState } from "./state.js";
import { DashboardStore } from "./store.js";

/** How often what changed is drawn, and how often the replicas are asked. */
const TICK_MS = 250;
/** How often it is looked at what clients were answered. */
const MEASURE_MS = 1000;

export interface DashboardOptions {
  readonly cluster: Cluster;
  /** Whether leaving stops the cluster; the screen says so. The caller does it. */
  readonly owned: boolean;
  readonly behaviours: readonly BehaviourChoice[];
  /** Settles when the dashboard has to end for a reason of the caller's, such as a signal. */
  readonly until: Promise<unknown>;
}

/** `debug`: without it Ink waits a while before it draws, and draws nothing at all where CI is set. */
const inkOptions = { debug: true, exitOnCtrlC: false, patchConsole: false } as const;

/** What Ink writes to: it has nothing to show, the screen draws. */
function nowhere(): NodeJS.WriteStream {
  return Object.assign(new EventEmitter(), { columns: 1, write: () => true }) as unknown as NodeJS.WriteStream;
}

/** Shows the dashboard until the person leaves it or `until` settles. The terminal is as before when this returns, or the process ends. */
export async function runDashboard({ cluster, owned, behaviours, until }: DashboardOptions, begin?: Beginning): Promise<void> {
  const screen = new Screen(process.stdout);
  let quit = () => {};
  const quitted = new Promise<void>((resolve) => {
    quit = resolve;
  });
  const facts = factsOf(cluster.dir, cluster.config);
  const size = () => ({ columns: screen.columns, rows: screen.rows });
  const paint = painter(wantsColour(process.stdout, process.env) ? "colour" : "plain", wantsAscii(process.env));
  const initial = initialState({ facts, size: size(), owned, behaviours, nowMs: Date.now() }, begin);
  const store: DashboardStore = new DashboardStore(initial, paint, (command) => {
    if (command.kind === "quit") quit();
    else if (command.kind === "redraw") screen.redraw();
    else if (command.kind === "chart") void showChart(command);
    else void runner.run(command);
  });
  const watcher = new ClusterWatcher({ cluster, intervalMs: TICK_MS, onAction: (action) => store.dispatch(action) });
  const runner = new CommandRunner({
    cluster,
    onAction(action) {
      store.dispatch(action);
      store.flush();
      watcher.checkSoon();
    },
  });

  const charts = new ChartDrawer(cluster);
  const showChart = async ({ seq, newest, columns }: Extract<Command, { kind: "chart" }>) => {
    const beganMs = Date.now();
    const result = await charts.draw({ seq, newest, columns });
    const atMs = Date.now();
    store.dispatch({ kind: "chart", drawn: { seq, columns, atMs, tookMs: atMs - beganMs, result } });
    store.flush();
  };
  const roundTrips = new RoundTrips(new ClusterPaths(cluster.dir).history);
  const measure = async () => {
    const tookMs = await roundTrips.next();
    if (tookMs.length > 0) store.dispatch({ kind: "round-trips", atMs: Date.now(), tookMs });
  };

  screen.enter();
  const leave = () => screen.leave();
  // When the process ends for whatever reason, the message about it must not vanish with the alternate screen.
  process.once("exit", leave);
  process.once("uncaughtExceptionMonitor", leave);
  const resized = () => {
    screen.clear();
    store.dispatch({ kind: "resize", size: size() });
    store.flush();
  };
  process.stdout.on("resize", resized);
  const ticker = setInterval(() => {
    store.dispatch({ kind: "tick", atMs: Date.now() });
    store.flush();
  }, TICK_MS);
  const measurer = setInterval(() => void measure(), MEASURE_MS);
  void measure();
  const ink = render(<Dashboard store={store} surface={screen} />, { ...inkOptions, stdout: nowhere(), stdin: process.stdin });
  watcher.start();
  try {
    await Promise.race([quitted, until, ink.waitUntilExit()]);
  } finally {
    clearInterval(ticker);
    clearInterval(measurer);
    process.stdout.off("resize", resized);
    ink.unmount();
    leave();
    process.off("exit", leave);
    process.off("uncaughtExceptionMonitor", leave);
    watcher.stop();
    await Promise.all([charts.close(), runner.close()]);
  }
}
