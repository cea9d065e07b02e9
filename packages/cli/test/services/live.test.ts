import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { inProject } from "../../../../test/support/project.js";
import { pictureOf } from "../../src/dashboard/picture.js";
import { initialState } from "../../src/dashboard/state.js";
import { DashboardStore } from "../../src/dashboard/store.js";
import type { Cluster } from "../../src/services/cluster.js";
import { CommandRunner } from "../../src/services/command-runner.js";
import { prepareCluster, startAll, stopAll } from "../../src/services/up.js";
import { ClusterWatcher } from "../../src/services/watcher.js";
import { painter } from "../../src/view/paint.js";
import { stateOf } from "../../src/view/replica-cells.js";
import { factsOf } from "../../src/watch/model.js";
import { verdictOf } from "../../src/watch/verdict.js";

const PATIENCE_MS = 30_000;

/** The dashboard without a terminal, on real replicas: keys go in, the state says what a person would see. */
describe("the dashboard's services on a running cluster", function () {
  this.timeout(2 * PATIENCE_MS);
  let dir: string;
  let cluster: Cluster;
  let store: DashboardStore;
  let watcher: ClusterWatcher;
  let runner: CommandRunner;
  let wake = () => {};

  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "bft-live-"));
    const { config } = await prepareCluster({
      dir,
      faults: 1,
      protocol: null,
      service: "kv",
      basePort: null,
      fresh: false,
      durability: null,
      reads: null,
      trace: null,
      auth: null,
      crypto: null,
      metrics: null,
      clients: null,
    });
    cluster = { dir, config, replicaCommand: [inProject("packages", "cli", "bundle", "replica-main.js")] };
    await startAll(cluster, () => {});
    const facts = factsOf(dir, config);
    const initial = initialState({
      facts,
      size: { columns: 100, rows: 30 },
      owned: true,
      behaviours: [{ name: "silent", group: "primary", summary: "", holds: "" }],
      nowMs: Date.now(),
    });
    store = new DashboardStore(initial, painter("text"), (command) => {
      if (command.kind !== "quit" && command.kind !== "redraw" && command.kind !== "chart") void runner.run(command);
    });
    const seen = (action: Parameters<DashboardStore["dispatch"]>[0]) => {
      store.dispatch(action);
      wake();
    };
    watcher = new ClusterWatcher({ cluster, intervalMs: 50, onAction: seen });
    runner = new CommandRunner({ cluster, onAction: seen });
    watcher.start();
  });

  after(async () => {
    watcher.stop();
    await runner.close();
    await stopAll(cluster);
    await rm(dir, { recursive: true, force: true });
  });

  /** Waits until the state is as it should be; every action wakes it. */
  async function until(what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${what}\n${store.frame().join("\n")}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  function type(keys: string): void {
    const named = { "\r": { kind: "enter" }, "\u001b": { kind: "escape" } } as const;
    store.press(
      [...keys].map((character) => named[character as keyof typeof named] ?? { kind: "character", character }),
      Date.now(),
    );
  }

  const states = () => store.state.cluster.replicas.map(stateOf);
  /** While something is done to a replica, a further key on it does nothing. */
  const isIdle = () => Object.keys(store.state.busy).length === 0;
  const told = (text: string) => store.state.cluster.feed.entries.some((entry) => entry.text.includes(text));

  it("sees all replicas", async () => {
    await until("all are up", () => verdictOf(store.state.cluster).kind === "agrees");
    expect(states()).to.deep.equal(["primary", "backup", "backup", "backup"]);
  });

  it("submits what is typed, and tells the answer", async () => {
    type("sset x 1\rget x\r\u001b");
    await until("the answer is told", () => told("set x 1 → ok") && told("get x → 1"));
    await until("every replica executed both", () =>
      store.state.cluster.replicas.every((replica) => (replica.status?.machine.lastExecuted ?? 0) >= 2),
    );
    type("sfrob x\r\u001b");
    await until("the refusal is told", () => told("frob x → refused: "));
  });

  it("draws a page as a picture, with the chart that another thread has drawn", async () => {
    const common = { cluster, size: { columns: 100, rows: 40 }, replica: 0, until: new Promise(() => {}) };
    const picture = await pictureOf({ ...common, page: "chart", seq: 2, watchMs: 500 });
    expect(picture)
      .to.match(/^<svg /)
      .and.contain(">pre-prepare<")
      .and.contain(">AGREES<")
      .and.contain(">executes<");
    const none = await pictureOf({ ...common, page: "chart", seq: 999, watchMs: 500 });
    expect(none).to.contain(">trace<").and.contain(">999;<").and.contain(">tells<");
  });

  it("kills and restarts the selected replica", async () => {
    type("3K");
    await until("replica 3 is down", () => isIdle() && states()[3] === "down");
    expect(verdictOf(store.state.cluster)).to.include({ kind: "serves", why: "replica 3 down" });
    type("K");
    await until("that it is down already is told", () => told("replica 3 is not running"));
    type("R");
    await until("replica 3 is back", () => states()[3] === "backup");
  });

  it("pauses and resumes it", async () => {
    type("2P");
    await until("replica 2 is paused", () => isIdle() && states()[2] === "paused");
    type("P");
    await until("replica 2 goes on", () => states()[2] === "backup");
  });

  it("makes it lie, and honest again", async () => {
    type("1L\r");
    await until("replica 1 lies", () => isIdle() && states()[1] === "lying");
    type("Lhonest\r");
    await until("replica 1 is honest", () => states()[1] === "backup");
    expect(told("lies from now on: silent")).to.equal(true);
  });
});
