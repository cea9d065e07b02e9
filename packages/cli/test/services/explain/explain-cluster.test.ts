import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClusterPaths, createCluster } from "@bft/replica";
import { expect } from "chai";
import type { Cluster } from "../../../src/services/cluster.js";
import { explainIn, explainUnanswered, subjectNow } from "../../../src/services/explain/explain-cluster.js";
import { allUp, said, seen, slot, status } from "../../support/fixtures.js";

describe("services/explain, of a folder in which nothing runs", () => {
  let cluster: Cluster;

  beforeEach(async () => {
    const dir = mkdtempSync(join(tmpdir(), "bft-explain-"));
    cluster = {
      dir,
      config: await createCluster({ dir, faults: 1, service: "kv", basePort: null }),
      replicaCommand: [],
    };
  });
  afterEach(() => rmSync(cluster.dir, { recursive: true, force: true }));

  it("says so, and that there are no traces", async () => {
    const steps: string[] = [];
    const { kind, notes, advice } = await explainIn(cluster, { kind: "seq", seq: 1 }, (doing) => steps.push(doing));
    expect(kind).to.equal("too-few");
    expect(notes).to.deep.equal(["there are no traces of this cluster, so only what the replicas say now is known"]);
    expect(advice).to.match(/^bft up --dir /);
    expect(steps).to.have.length(2);
  });

  it("where nothing is signed it says that nobody knows who said what", async () => {
    const unsigned = { ...cluster, config: { ...cluster.config, auth: "none" } } as const;
    const { notes } = await explainIn(unsigned, { kind: "seq", seq: 1 }, () => undefined);
    expect(notes).to.have.length(2);
    expect(notes[1]).to.match(/^nothing is signed in this cluster .*is what the messages say of themselves$/);
  });

  it("asked about nothing, it says how to begin", async () => {
    const error = await explainIn(cluster, null, () => undefined).catch((caught: unknown) => caught);
    expect(error).to.include({ code: "nothing-to-explain", exitCode: 1 });
    expect((error as Error).message).to.match(/^no request waits .*bft submit --dir /);
  });

  it("files that are none of ours are no reason to fail", async () => {
    const paths = new ClusterPaths(cluster.dir);
    mkdirSync(join(paths.trace(0), "000000.jsonl"), { recursive: true });
    mkdirSync(paths.trace(1), { recursive: true });
    writeFileSync(join(paths.trace(1), "000000.jsonl"), "\u0000".repeat(100_000));
    const { notes } = await explainIn(cluster, { kind: "request", client: 0, timestamp: 5 }, () => undefined);
    expect(notes).to.have.length(1);
  });

  it("on top of an error it never fails, and it does not take long", async () => {
    rmSync(cluster.dir, { recursive: true, force: true });
    const explanation = await explainUnanswered(cluster, { client: 0, timestamp: 5 });
    expect(explanation?.kind).to.equal("lost");
    expect(
      await explainUnanswered(
        { ...cluster, config: { ...cluster.config, protocol: "none" as "pbft" } },
        { client: 0, timestamp: 5 },
      ),
    ).to.equal(null);
  });
});

describe("services/explain, asked about nothing", () => {
  const waiting = [
    { client: 3, timestamp: 17 },
    { client: 4, timestamp: 1 },
  ];

  it("takes the request that has waited longest, as who does not lie knows it", () => {
    const lies = said(status(0, 4, { behaviour: "silent", machine: { waiting: [{ client: 9, timestamp: 9 }] } }));
    const knows = said(status(2, 4, { machine: { waiting } }));
    expect(subjectNow(seen([lies, knows]).replicas)).to.deep.equal({ kind: "request", client: 3, timestamp: 17 });
  });

  it("or else the newest number that was used", () => {
    expect(subjectNow(seen([said(status(1, 4, { machine: { lastExecuted: 7, slots: [slot(9)] } }))]).replicas)).to.deep.equal({
      kind: "seq",
      seq: 9,
    });
    expect(subjectNow(seen(allUp()).replicas)).to.equal(null);
  });
});
