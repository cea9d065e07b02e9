import { EventEmitter } from "node:events";
import { render } from "ink";
import type { Cluster } from "../services/cluster.js";
import { CommandRunner } from "../services/command-runner.js";
import { ClusterWatcher } from "../services/watcher.js";
import { wantsAscii } from "../view/glyphs.js";
import { painter, wantsColour } from "../view/paint.js";
import { factsOf } from "../watch/model.js";
import { Dashboard } from "./Dashboard.js";
import { Screen } from "./screen.js";
import { type BehaviourChoice, initialState } from "./state.js";
import { DashboardStore } from "./store.js";

/** How often what changed is drawn, and how often the replicas are asked. */
const TICK_MS = 250;

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
export async function runDashboard({ cluster, owned, behaviours, until }: DashboardOptions): Promise<void> {
  const screen = new Screen(process.stdout);
  let quit = () => {};
  const quitted = new Promise<void>((resolve) => {
    quit = resolve;
  });
  const facts = factsOf(cluster.dir, cluster.config);
  const size = () => ({ columns: screen.columns, rows: screen.rows });
  const paint = painter(wantsColour(process.stdout, process.env) ? "colour" : "plain", wantsAscii(process.env));
  const initial = initialState({ facts, size: size(), owned, behaviours, nowMs: Date.now() });
  const store: DashboardStore = new DashboardStore(initial, paint, (command) => {
    if (command.kind === "quit") quit();
    else if (command.kind === "redraw") screen.redraw();
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
  const ink = render(<Dashboard store={store} surface={screen} />, { ...inkOptions, stdout: nowhere(), stdin: process.stdin });
  watcher.start();
  try {
    await Promise.race([quitted, until, ink.waitUntilExit()]);
  } finally {
    clearInterval(ticker);
    process.stdout.off("resize", resized);
    ink.unmount();
    leave();
    process.off("exit", leave);
    process.off("uncaughtExceptionMonitor", leave);
    watcher.stop();
    await runner.close();
  }
}
