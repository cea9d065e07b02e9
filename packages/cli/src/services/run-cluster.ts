import { openLifeline } from "@bft/replica";
import type { Output } from "../output.js";
import { type Line, span } from "../view/line.js";
import { timeSpan } from "../view/numbers.js";
import { titleOf } from "../view/protocol-words.js";
import { counted } from "../view/text.js";
import { type Cluster, dirFlag } from "./cluster.js";
import { clearDown, downAsked } from "./down-mark.js";
import { tellLines } from "./lines.js";
import { sourceChanged } from "./own-service.js";
import { catchSignals, type Signals } from "./signals.js";
import { hasScreen } from "./terminal.js";
import { noteUnauthenticated } from "./unauthenticated.js";
import { killAll, prepareCluster, type StartedReplica, startAll, stopAll, type UpRequest } from "./up.js";

export interface RunClusterOptions {
  readonly request: UpRequest;
  readonly detach: boolean;
  /** Whether a dashboard is wanted where one can be shown. */
  readonly dashboard: boolean;
  readonly replicaCommand: readonly string[];
  readonly output: Output;
}

/** `bft up`: starts the cluster, and unless it is detached stays with it and stops it in the end. */
export async function runCluster(options: RunClusterOptions): Promise<void> {
  const { request, detach, replicaCommand, output } = options;
  const { config, created } = await prepareCluster(request);
  const cluster: Cluster = { dir: request.dir, config, replicaCommand };
  await clearDown(cluster.dir);
  const what = `${counted(config.replicas.length, "replica")} (${titleOf(config.protocol)}, f = ${config.faults}, service ${config.service})`;
  output.note(span(`starting ${created ? "a new" : "the"} cluster in ${cluster.dir}: ${what} ...`, "dim"));
  noteUnauthenticated(output, config);
  const changed = sourceChanged(cluster.dir, config);
  if (changed !== null) output.note(span(changed, "warn"));
  if (detach) await leaveRunning(cluster, created, output);
  else await keepRunning(cluster, created, options);
}

async function leaveRunning(cluster: Cluster, created: boolean, output: Output): Promise<void> {
  const beganMs = performance.now();
  const started = await startAll(cluster, (replica) => output.lines([upLine(replica)]));
  output.object(upJson(cluster, created, started));
  const at = dirFlag(cluster.dir);
  output.note(
    span(`all up after ${timeSpan(performance.now() - beganMs)}; watch: bft dashboard${at}; stop: bft down${at}`, "dim"),
  );
}

async function keepRunning(cluster: Cluster, created: boolean, { dashboard, output }: RunClusterOptions): Promise<void> {
  const showsDashboard = dashboard && !output.json && hasScreen();
  const signals = catchSignals();
  const lifeline = await openLifeline(cluster.dir);
  const down = downAsked(cluster.dir);
  try {
    const started = await startAll(cluster, (replica) => {
      if (!showsDashboard) output.lines([upLine(replica)]);
    });
    output.object(upJson(cluster, created, started));
    let byDown = false;
    const asked = down.asked.then(() => {
      byDown = true;
    });
    const until = Promise.race([signals.first, asked]);
    if (!signals.stopped()) await stayWith(cluster, showsDashboard, until, output);
    await stop(cluster, signals, output, byDown);
  } finally {
    down.stop();
    signals.dispose();
    // Whatever still runs ends with it.
    await lifeline.close();
  }
}

async function stayWith(cluster: Cluster, showsDashboard: boolean, until: Promise<unknown>, output: Output): Promise<void> {
  if (!showsDashboard) {
    output.note(
      span(`submit from another terminal: bft submit "set x 1"${dirFlag(cluster.dir)}; Ctrl-C stops the cluster`, "dim"),
    );
    return tellLines(cluster, output, until);
  }
  const [{ runDashboard }, { behavioursOf }] = await Promise.all([
    import("../dashboard/run-dashboard.js"),
    import("@bft/sim/byzantine"),
  ]);
  return runDashboard({ cluster, owned: true, behaviours: behavioursOf(cluster.config.protocol), until });
}

/** In order; at the second wish at once. */
async function stop(cluster: Cluster, signals: Signals, output: Output, byDown: boolean): Promise<void> {
  const stopping = stopAll(cluster);
  const inOrder = await Promise.race([stopping.then(() => true), signals.second.then(() => false)]);
  if (!inOrder) await killAll(cluster);
  const stopped = await stopping;
  const at = dirFlag(cluster.dir);
  const did = byDown ? "stopped by bft down" : `stopped ${counted(stopped.length, "replica")}`;
  output.note(span(`${did}; the data is kept in ${cluster.dir} (bft up${at} continues, --fresh starts anew)`));
  output.object({ event: "down", stopped });
}

function upLine({ id, address, metrics }: StartedReplica): Line {
  return [span(`replica ${id} up on ${address}`), span(metrics === null ? "" : `, metrics at ${metrics}`)];
}

function upJson({ dir, config }: Cluster, created: boolean, replicas: readonly StartedReplica[]) {
  const { clusterId, protocol, service, faults, auth, crypto } = config;
  return { event: "up", dir, clusterId, protocol, service, faults, auth, crypto, created, replicas };
}
