import { type Digest, decodeNode, rootDigest, type SeqNum, type Snapshot } from "@bft/core";
import { claimOf, type FetchState, type StateNodes } from "@bft/core/pbft";
import { expect } from "chai";
import { type Envelope, TestCluster } from "./support/cluster.js";
import { batchNamed, byReplica, checkpointOf, digestOf, ports, slotOf } from "./support/forge.js";
import { droppedIn, Lone } from "./support/lone.js";

/** A cluster of which replica 3 has missed the last of `keys` keys, written fifteen at a time, and nothing before `seen`. */
function behind(keys: number, seen: number, config = {}): TestCluster {
  const cluster = new TestCluster({ config });
  for (let i = 0; i < keys; i += 15) {
    if (i >= seen && cluster.replicas[3] !== null) {
      cluster.run(1000);
      cluster.kill(3);
    }
    cluster.ask(Array.from({ length: 15 }, (_, j) => `set key${i + j} ${i}`));
  }
  return cluster;
}

/** Counts the nodes that reach replica 3. */
function counted(cluster: TestCluster): { nodes: number; readonly sources: Set<number> } {
  const count = { nodes: 0, sources: new Set<number>() };
  cluster.meddle = (envelope) => {
    if (envelope.signed.message.kind === "state-nodes") {
      count.nodes += envelope.signed.message.nodes.length;
      count.sources.add(envelope.from.id);
    }
    return [envelope];
  };
  return count;
}

function sizeOf(node: Snapshot): number {
  if (node === null) return 0;
  return 1 + (node.kind === "leaf" ? 0 : node.slots.reduce((sum: number, child) => sum + sizeOf(child), 0));
}

describe("state transfer (TOCS '02 §5.3.2)", () => {
  it("a replica that has nothing fetches the whole state, from several others, and executes on from there", () => {
    const cluster = behind(360, 0);
    const count = counted(cluster);
    cluster.start(3);
    cluster.run(2000);
    const state = cluster.effectsOf(0, "checkpoint-stable").at(-1)?.state ?? null;
    expect(cluster.status(3).lastExecuted).to.equal(24);
    expect(cluster.status(3).checkpoint).to.deep.equal(cluster.status(0).checkpoint);
    expect(count.nodes).to.equal(sizeOf(state));
    expect(count.sources.size).to.equal(3);
    cluster.ask("set more 1");
    cluster.settle();
    expect(cluster.effectsOf(3, "executed").at(-1)).to.deep.equal(cluster.effectsOf(0, "executed").at(-1));
  });

  it("a replica that has most of it fetches what differs, and no more", () => {
    const cluster = behind(360, 0);
    const all = sizeOf(cluster.effectsOf(0, "checkpoint-stable").at(-1)?.state ?? null);
    cluster.start(3);
    cluster.run(2000);
    cluster.kill(3);
    for (let i = 0; i < 24; i++) cluster.ask(`set key7 ${i}`);
    const count = counted(cluster);
    cluster.start(3);
    cluster.run(2000);
    expect(cluster.status(3).checkpoint).to.deep.equal(cluster.status(0).checkpoint);
    expect(count.nodes).to.be.within(1, all / 4);
  });

  it("a replica that is less behind than the window fetches nothing: it executes what it lacks", () => {
    const cluster = new TestCluster();
    for (let i = 0; i < 9; i++) cluster.ask(`set k${i} 1`);
    cluster.run(1000);
    cluster.kill(3);
    for (let i = 0; i < 5; i++) cluster.ask(`set k${i} 2`);
    const count = counted(cluster);
    cluster.start(3);
    cluster.run(2000);
    expect([cluster.status(3).lastExecuted, count.nodes]).to.deep.equal([14, 0]);
  });

  const lies: readonly (readonly [title: string, lie: (message: StateNodes) => StateNodes | null, reason: string | null])[] = [
    ["says nothing", () => null, null],
    [
      "sends other bytes",
      (message) => ({ ...message, nodes: message.nodes.map(({ path }) => ({ path, bytes: Uint8Array.of(0x82, 0, 0x80) })) }),
      "node-digest-mismatch",
    ],
    [
      "sends bytes that are no node",
      (message) => ({ ...message, nodes: message.nodes.map(({ path }) => ({ path, bytes: Uint8Array.of(1, 2, 3) })) }),
      "node-malformed",
    ],
    [
      "sends nodes of other places",
      (message) => ({ ...message, nodes: message.nodes.map(({ bytes }) => ({ path: "zzz", bytes })) }),
      "not-asked-for",
    ],
    ["sends nodes of another checkpoint", (message) => ({ ...message, seq: 8 as SeqNum }), "not-asked-for"],
  ];
  for (const [title, lie, reason] of lies)
    it(`a source that ${title} does not keep it from completing, from the others`, () => {
      const cluster = behind(360, 0);
      let lied = 0;
      cluster.meddle = (envelope): readonly Envelope[] => {
        const { message } = envelope.signed;
        if (message.kind !== "state-nodes" || envelope.from.id !== 1) return [envelope];
        lied += 1;
        const other = lie(message);
        return other === null ? [] : [{ ...envelope, signed: byReplica(1, other) as typeof envelope.signed }];
      };
      cluster.start(3);
      cluster.run(5000);
      expect(lied).to.be.greaterThan(0);
      expect(cluster.status(3).lastExecuted).to.equal(24);
      expect(cluster.status(3).checkpoint).to.deep.equal(cluster.status(0).checkpoint);
      const reasons = cluster
        .effectsOf(3, "dropped")
        .filter((effect) => effect.message === "state-nodes" && effect.from.id === 1);
      expect(new Set(reasons.map((effect) => effect.reason))).to.deep.equal(new Set(reason === null ? [] : [reason]));
    });

  it("the target moves on meanwhile: it ends at the newest state", () => {
    const cluster = behind(360, 0);
    cluster.meddle = (envelope) => (envelope.signed.kind === "state-nodes" ? [{ ...envelope, delayMs: 120 }] : [envelope]);
    cluster.start(3);
    for (let i = 0; i < 40; i++) {
      cluster.ask(`set same ${i}`, 1);
      cluster.run(40);
    }
    cluster.run(3000);
    expect(cluster.status(3).lastExecuted).to.equal(64);
    expect(cluster.status(3).checkpoint).to.deep.equal(cluster.status(0).checkpoint);
  });

  it("what is reached by executing meanwhile is not fetched any more, and nothing executed is taken back", () => {
    const all = Array.from({ length: 9 }, (_, i) => slotOf(0, i + 1, batchNamed(`k${i}`, i + 1), 1)).flat();
    const other = new Lone(1);
    other.deliver(...all);
    const [own] = other.said("checkpoint");
    const stable = (seq: number, digest: Digest) => {
      const checkpoints = [0, 2, 3].map((id) => claimOf(checkpointOf(id, seq, digest)));
      return byReplica(0, { kind: "stable-checkpoint", checkpoints });
    };
    const lone = new Lone(1);
    lone.deliver(stable(8, own?.stateDigest ?? digestOf("none")));
    for (let i = 0; i < 2; i++) lone.fire("status");
    expect(lone.said("fetch-state").at(-1)?.seq).to.equal(8);
    lone.deliver(stable(16, digestOf("later")));
    lone.deliver(...all);
    expect(lone.replica.inspect()).to.include({ lastExecuted: 9, lowWaterMark: 8, transfer: null });
    expect(lone.effects.filter(({ kind }) => kind === "state-installed")).to.deep.equal([]);
  });

  it("it is killed in the middle, and starts again", () => {
    const cluster = behind(360, 0);
    cluster.meddle = (envelope) => (envelope.signed.kind === "state-nodes" ? [{ ...envelope, delayMs: 100 }] : [envelope]);
    cluster.start(3);
    cluster.runUntil(() => (cluster.status(3).transfer?.fetched ?? 0) > 5);
    cluster.kill(3);
    cluster.start(3);
    cluster.run(3000);
    expect(cluster.status(3).lastExecuted).to.equal(24);
  });

  it("a replica that lost its disk comes back, and votes again only when its old votes no longer matter", () => {
    const cluster = new TestCluster();
    for (let i = 0; i < 30; i++) cluster.ask(`set k${i} 1`);
    cluster.run(1000);
    cluster.kill(3);
    cluster.wipe(3);
    cluster.start(3);
    const votesFrom = cluster.effects[3]?.length ?? 0;
    cluster.runUntil(() => cluster.status(3).abstaining === null, 20_000);
    const voted = (cluster.effects[3] ?? []).slice(votesFrom).flatMap((effect) => {
      const message = effect.kind === "broadcast" || effect.kind === "send" ? effect.signed.message : null;
      return message?.kind === "prepare" || message?.kind === "commit" ? [message.seq as number] : [];
    });
    // It may have voted up to H = 24 + 16 before.
    expect(Math.min(...voted, Number.POSITIVE_INFINITY)).to.be.greaterThan(40);
    cluster.kill(1);
    expect(cluster.ask("get k1", 0, 5000).results, "with another one dead it is needed").to.deep.equal([
      { ok: true, value: "1" },
    ]);
  });

  it("the cluster serves clients at its usual pace while it runs", () => {
    const cluster = behind(360, 0);
    cluster.start(3);
    const before = cluster.now;
    for (let i = 0; i < 10; i++) cluster.ask(`set x ${i}`);
    expect(cluster.now).to.equal(before);
  });

  it("a certificate of f liars and nobody else starts no transfer", () => {
    const lone = new Lone(3);
    lone.deliver(checkpointOf(2, 16, ports.hash(new Uint8Array(1))));
    lone.fire("status");
    lone.fire("status");
    expect(lone.said("fetch-state")).to.deep.equal([]);
  });

  it("a source answers with nodes that have the digests that their parents name, as far as it has them", () => {
    const cluster = behind(360, 0);
    const stable = cluster.effectsOf(1, "checkpoint-stable").at(-1);
    const ask = byReplica<FetchState>(3, {
      kind: "fetch-state",
      seq: stable?.seq as SeqNum,
      paths: ["", "zz", "\uffff", "😀", "a".repeat(1000)],
    });
    const answers = cluster
      .deliver(1, ask as Parameters<TestCluster["deliver"]>[1])
      .flatMap((effect) =>
        effect.kind === "send" && effect.signed.message.kind === "state-nodes" ? [effect.signed.message] : [],
      );
    expect(answers.flatMap(({ nodes }) => nodes.map(({ path }) => path))).to.deep.equal([""]);
    expect(decodeNode(answers[0]?.nodes[0]?.bytes ?? new Uint8Array(0)).ok).to.equal(true);
    expect(rootDigest(stable?.state ?? null, ports.hash)).to.equal(stable?.stateDigest);
    const unknown = byReplica<FetchState>(3, { kind: "fetch-state", seq: 1000 as SeqNum, paths: [""] });
    expect(cluster.deliver(1, unknown as Parameters<TestCluster["deliver"]>[1])).to.deep.equal([]);
  });

  it("nodes that nobody asked for are refused before their signature is checked", () => {
    const message: StateNodes = { kind: "state-nodes", seq: 8 as SeqNum, nodes: [{ path: "", bytes: new Uint8Array(3) }] };
    expect(droppedIn(new Lone(3).deliver(byReplica(2, message)))).to.deep.equal(["not-asked-for"]);
  });
});
