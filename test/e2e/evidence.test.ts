import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TraceEvent } from "@bft/core";
import { ClusterTrace, type KeptProof, loadCluster, traceNow } from "@bft/replica";
import { expect } from "chai";
import { Lab, until } from "../support/lab.js";

/** A lie must be proven so soon: required of the product, and hundreds of times as long as it takes. */
const CONVICTED_WITHIN_MS = 5_000;

interface EvidenceJson {
  readonly proofs: readonly KeptProof[];
  readonly messages: number;
  readonly witnesses: readonly number[];
}

async function evidence(lab: Lab): Promise<EvidenceJson> {
  return JSON.parse(await lab.ok("evidence", "--json")) as EvidenceJson;
}

async function eventsOf(lab: Lab): Promise<readonly TraceEvent[]> {
  return [...new ClusterTrace(lab.cluster, await loadCluster(lab.cluster), traceNow()).events()];
}

describe("evidence on a real cluster", function () {
  this.timeout(240_000);
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  it("an equivocating primary is convicted at once by correct replicas; its proof holds elsewhere, and a forged one does not", async () => {
    await lab.ok("up", "--detach");
    await lab.submit("set x 1");
    const before = await evidence(lab);
    expect(before.proofs, "nobody has lied yet").to.deep.equal([]);
    expect(before.witnesses).to.deep.equal([0, 1, 2, 3]);
    expect(before.messages).to.be.above(10);

    await lab.ok("byzantine", "0");
    await lab.submit("set x 2");
    await until("a correct replica holds a proof", async () => {
      const held = await Promise.all([1, 2, 3].map(async (id) => (await lab.status(id)).convicted));
      return held.some((each) => each.includes(0));
    });
    // The trace is handed over several times a second.
    let found: Extract<TraceEvent, { kind: "evidence" }> | undefined;
    let events: readonly TraceEvent[] = [];
    await until("the trace tells of it", async () => {
      events = await eventsOf(lab);
      found = events.find((event) => event.kind === "evidence" && event.replica !== 0) as typeof found;
      return found !== undefined;
    });
    expect(found?.accused).to.equal(0);
    const lie = events.find((event) => event.kind === "behaves" && event.behaviour === "equivocate");
    expect((found?.at ?? 0) - (lie?.at ?? 0))
      .to.be.above(0)
      .and.below(CONVICTED_WITHIN_MS);

    const { proofs } = await evidence(lab);
    expect(new Set(proofs.map(({ accused }) => accused))).to.deep.equal(new Set([0]));
    expect(proofs.map(({ rule }) => rule)).to.include("two-pre-prepares");
    expect(await lab.ok("evidence"))
      .to.include("convicted: replica 0")
      .and.include("§4.2");

    await lab.ok("restart", "1");
    expect((await lab.status(1)).convicted, "a proof outlives the process that found it").to.deep.equal([0]);

    // Elsewhere there is nothing but the proof and the public part of the cluster.
    const elsewhere = join(lab.dir, "elsewhere");
    mkdirSync(elsewhere);
    const [proof, config, forged] = ["proof.json", "cluster.json", "forged.json"].map((name) => join(elsewhere, name)) as [
      string,
      string,
      string,
    ];
    copyFileSync(proofs[0]?.file ?? "", proof);
    copyFileSync(join(lab.cluster, "cluster.json"), config);
    await lab.ok("down");
    const judged = JSON.parse(await lab.ok("evidence", "verify", proof, "--cluster", config, "--json")) as object;
    expect(judged).to.deep.include({ ok: true, accused: 0 });
    const changes: readonly ((text: string) => string)[] = [
      (text) => text.replace('"accused": 0', '"accused": 1'),
      (text) => text.replace(/("payload": ".)(.)/, (_, head: string, next: string) => head + (next === "A" ? "B" : "A")),
    ];
    for (const change of changes) {
      writeFileSync(forged, change(readFileSync(proof, "utf8")));
      const { code, stdout } = await lab.run("evidence", "verify", forged, "--cluster", config);
      expect(code).to.equal(1);
      expect(stdout).to.include("proves nothing");
    }
  });

  it("a backup that tells each its own vote, and is believed by each, is convicted by what all of them were told", async () => {
    await lab.ok("up", "--detach");
    await lab.ok("byzantine", "3", "double-vote");
    for (const value of [1, 2, 3]) await lab.submit(`set x ${value}`);
    let last: EvidenceJson | null = null;
    await until("the recordings hold both votes", async () => {
      last = await evidence(lab);
      return last.proofs.length > 0;
    });
    expect(new Set((last as EvidenceJson | null)?.proofs.map(({ accused }) => accused))).to.deep.equal(new Set([3]));
    const folder = join(lab.cluster, "evidence");
    for (const name of readdirSync(folder)) await lab.ok("evidence", "verify", join(folder, name));
  });

  it("a leader of Raft that equivocates breaks the cluster, and is convicted", async () => {
    await lab.ok("up", "--detach", "--protocol", "raft");
    await lab.submit("set x 1");
    const { primary } = JSON.parse(await lab.ok("status", "--json")) as { primary: number };
    await lab.ok("byzantine", String(primary), "equivocate");
    await lab.run("submit", "set x 2", "--timeout", "2s");
    let last: EvidenceJson | null = null;
    await until("the recordings hold both proposals", async () => {
      last = await evidence(lab);
      return last.proofs.length > 0;
    });
    const [proof] = (last as EvidenceJson | null)?.proofs ?? [];
    expect(proof).to.deep.include({ accused: primary, rule: "two-proposals" });
  });
});
