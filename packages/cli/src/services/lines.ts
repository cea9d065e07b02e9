import type { Output } from "../output.js";
import { entryText } from "../view/entry.js";
import { span } from "../view/line.js";
import { clockTime } from "../view/numbers.js";
import { emptyFeed, type FeedEntry } from "../watch/feed.js";
import { type ClusterModel, factsOf, newModel } from "../watch/model.js";
import { observe } from "../watch/observe.js";
import { verdictOf } from "../watch/verdict.js";
import type { Cluster } from "./cluster.js";
import { ClusterWatcher } from "./watcher.js";

/** What several replicas tell at about the same time becomes one line. */
const GATHER_MS = 400;

/** Tells what happens in a cluster as lines, or as one JSON object each, until `until` settles. For where there is no terminal. */
export async function tellLines(cluster: Cluster, output: Output, until: Promise<unknown>): Promise<void> {
  let model: ClusterModel = newModel(factsOf(cluster.dir, cluster.config), Date.now());
  let headline = "";
  const watcher = new ClusterWatcher({
    cluster,
    intervalMs: GATHER_MS / 2,
    onAction(action) {
      model = observe(model, action);
    },
  });
  const tell = () => {
    model = observe(model, { kind: "tick", atMs: Date.now() });
    for (const entry of model.feed.entries) tellEntry(output, entry);
    model = { ...model, feed: { ...emptyFeed, next: model.feed.next, executedTo: model.feed.executedTo } };
    if (
      model.replicas.some(
        (replica) => replica.process === "unknown" || (replica.process === "running" && replica.status === null),
      )
    )
      return;
    const verdict = verdictOf(model);
    // How long something waits changes all the time; that it waits is told once.
    const said = verdict.kind === "waits" ? verdict.kind : verdict.headline;
    if (said === headline) return;
    headline = said;
    output.lines([
      [span(verdict.headline, verdict.serves ? "good" : "bad"), span(verdict.why === null ? "" : `: ${verdict.why}`)],
    ]);
    output.object({ event: "verdict", atMs: model.nowMs, ...verdict });
  };
  const timer = setInterval(tell, GATHER_MS);
  watcher.start();
  try {
    await until;
  } finally {
    clearInterval(timer);
    watcher.stop();
  }
}

function tellEntry(output: Output, entry: FeedEntry): void {
  const text = entryText(entry);
  output.lines([[span(`${clockTime(entry.atMs)} `, "dim"), span(text)]]);
  output.object({ event: "feed", atMs: entry.atMs, replicas: entry.replicas, text });
}
