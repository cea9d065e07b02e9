import { type Digest, replicaPrincipal } from "@bft/core";
import { type PbftSigned, readBatch } from "@bft/core/pbft";
import { expect } from "chai";
import { batchNamed, prePrepareOf } from "../../../core/test/support/forge.js";
import { portsOf } from "../../../core/test/support/keys.js";
import { clusterWith, digestsOf, refusals, said, watched } from "./support.js";

const KINDS = ["prepare", "commit"] as const;
const REPLICA_0 = replicaPrincipal(0 as never);

describe("a voter's lies are really told", () => {
  it("double-vote: each replica gets two prepares and two commits, and has evidence", () => {
    const { cluster, sent } = clusterWith(2, "double-vote");
    cluster.ask("set x 1");
    for (const kind of KINDS)
      for (const to of [0, 1, 3]) {
        const votes = said(sent, kind).filter((vote) => vote.to === to);
        expect(new Set(votes.map(({ message }) => message.digest)).size, `${kind} to ${to}`).to.equal(2);
      }
    const accused = [0, 1, 3].flatMap((id) => cluster.effectsOf(id, "evidence").map((each) => each.accused));
    expect(new Set(accused)).to.deep.equal(new Set([2]));
    const [first] = said(sent, "prepare").filter(({ to }) => to === 3);
    expect(first?.message.digest, "the lie comes first to the second half").not.to.equal(digestOfSlot1(cluster));
  });

  it("prepare-as-primary: a prepare of the primary, which is refused", () => {
    const { cluster, sent } = clusterWith(0, "prepare-as-primary");
    cluster.ask("set x 1");
    expect(said(sent, "prepare").map(({ to }) => to)).to.have.members([1, 2, 3]);
    for (const backup of [1, 2, 3]) {
      expect(refusals(cluster, backup)).to.include("prepare-from-primary");
      expect(cluster.status(backup).view).to.equal(0);
    }
  });

  it("prepare-as-primary: with one backup it still does not make a quorum", () => {
    const { cluster } = clusterWith(0, "prepare-as-primary");
    const record = cluster.meddle;
    cluster.meddle = (envelope) => (envelope.from.id > 1 && envelope.signed.kind === "prepare" ? [] : record(envelope));
    cluster.submit("set x 1");
    cluster.settle();
    expect(cluster.status(1).slots[0]).to.include({ prePrepared: true, prepared: false });
  });

  for (const liar of [0, 2])
    it(`commit-early: replica ${liar} commits though nobody else prepared, and nothing is executed`, () => {
      const { cluster, sent } = clusterWith(liar, "commit-early");
      const record = cluster.meddle;
      cluster.meddle = (envelope) => (envelope.signed.kind === "prepare" ? [] : record(envelope));
      cluster.submit("set x 1");
      cluster.settle();
      expect(said(sent, "commit").map(({ to }) => to)).to.have.members([0, 1, 2, 3].filter((id) => id !== liar));
      expect(cluster.effectsOf(1, "executed")).to.deep.equal([]);
      expect(cluster.status(1).slots[0]?.prepared).to.equal(false);
    });

  it("vote-to-one: votes reach one replica only, also when others ask again", () => {
    const { cluster, sent } = clusterWith(2, "vote-to-one");
    for (let i = 0; i < 5; i++) cluster.ask(`set x ${i}`);
    cluster.run(1_000);
    for (const kind of KINDS) expect(new Set(said(sent, kind).map(({ to }) => to)).size, kind).to.equal(1);
  });

  it("thin-proof: everybody is told that the next number committed, by one vote, and refuses it", () => {
    const { cluster, sent } = clusterWith(2, "thin-proof");
    cluster.ask("set x 1");
    cluster.run(1_000);
    const proofs = said(sent, "committed");
    expect(new Set(proofs.map(({ to }) => to))).to.deep.equal(new Set([0, 1, 3]));
    for (const { message } of proofs) expect(message.commits.map(({ signerId }) => signerId)).to.deep.equal([2]);
    for (const id of [0, 1, 3]) {
      expect(refusals(cluster, id)).to.include("committed-bad-certificate");
      expect(cluster.status(id).lastExecuted).to.equal(1);
    }
  });

  it("usurp: its own proposals of real requests, for the same number and for the next, which every backup refuses", () => {
    const { cluster, sent } = clusterWith(2, "usurp");
    const safety = watched(cluster);
    for (let i = 0; i < 20; i++) cluster.ask(`set x ${i}`, i % 2);
    const ordered = new Map(cluster.effectsOf(0, "executed").map(({ seq, digest }) => [seq as number, digest]));
    const told = said(sent, "pre-prepare").filter(({ to }) => to === 1);
    expect(told).to.have.length(20);
    const steps = told.map(({ message }, i) => message.seq - (i + 1));
    expect(new Set(steps)).to.deep.equal(new Set([0, 1]));
    for (const [i, { message, signed }] of told.entries()) {
      expect(message.view).to.equal(0);
      expect(signed.signer).to.deep.equal({ role: "replica", id: 2 });
      const batch = readBatch(signed.attachment as Uint8Array, message.digest);
      if (steps[i] === 0) expect(message.digest, "another batch").not.to.equal(ordered.get(message.seq));
      expect(batch?.requests.length).to.be.greaterThan(0);
      for (const { signerId, payload, signature } of batch?.requests ?? [])
        expect(
          portsOf(REPLICA_0).verify({ role: "client", id: signerId as never }, payload, signature),
          "a real request",
        ).to.equal(true);
    }
    for (const id of [0, 1, 3]) {
      expect([...refusals(cluster, id)]).to.include("pre-prepare-not-from-primary");
      expect(cluster.effectsOf(id, "evidence"), "nobody blames the primary").to.deep.equal([]);
      expect(cluster.status(id)).to.include({ view: 0, lastExecuted: 20 });
    }
    expect(safety.checks).to.be.greaterThan(100);
  });

  it("usurp: several requests in one batch are proposed the other way round; a proposal sent again is not usurped again", () => {
    const { cluster, sent } = clusterWith(2, "usurp", { config: { pipelineDepth: 1 } });
    for (let i = 0; i < 4; i++) cluster.submit(`set x ${i}`);
    cluster.settle();
    const [, second] = cluster.effectsOf(0, "broadcast").flatMap(({ signed }) => (signed.kind === "pre-prepare" ? [signed] : []));
    const batch = readBatch(second?.attachment as Uint8Array, second?.message.digest as Digest);
    const told = said(sent, "pre-prepare").filter(({ to }) => to === 1)[1];
    const lie = readBatch(told?.signed.attachment as Uint8Array, told?.message.digest as Digest);
    expect(batch?.requests).to.have.length(3);
    expect(lie?.requests).to.deep.equal([...(batch?.requests ?? [])].reverse());
    const before = said(sent, "pre-prepare").length;
    cluster.deliver(2, second as PbftSigned);
    cluster.settle();
    expect(said(sent, "pre-prepare")).to.have.length(before);
  });

  it("usurp as primary: nothing but the truth", () => {
    const { cluster, sent } = clusterWith(0, "usurp");
    for (let i = 0; i < 4; i++) cluster.ask(`set x ${i}`);
    const honest = new Set(cluster.effectsOf(1, "executed").map(({ digest }) => digest));
    for (const { message } of said(sent, "pre-prepare")) expect(honest).to.include(message.digest);
  });

  it("mute-after-prepare: prepares, and then nothing more", () => {
    const { cluster, sent } = clusterWith(2, "mute-after-prepare");
    for (let i = 0; i < 10; i++) cluster.ask(`set x ${i}`);
    cluster.run(1_000);
    const kinds = new Set(sent.map(({ signed }) => signed.kind));
    expect(kinds).to.include("prepare");
    for (const kind of ["commit", "reply", "checkpoint"] as const) expect(kinds).not.to.include(kind);
    expect(cluster.status(0).lowWaterMark, "checkpoints become stable without it").to.equal(8);
  });

  it("stale-replay: its own and others' old messages come again, and are refused", () => {
    const { cluster, sent } = clusterWith(2, "stale-replay");
    for (let i = 0; i < 20; i++) cluster.ask(`set x ${i}`);
    const foreign = sent.filter(({ signed }) => signed.signer.role === "replica" && signed.signer.id !== 2);
    expect(foreign.length).to.be.greaterThan(5);
    const times = new Map<object, number>();
    for (const { signed } of sent) times.set(signed, (times.get(signed) ?? 0) + 1);
    expect(Math.max(...times.values()), "one of its own goes to more than the three others").to.be.greaterThan(3);
    const reasons = new Set([0, 1, 3].flatMap((id) => [...refusals(cluster, id)]));
    expect([...reasons]).to.include.members(["own-message", "below-window"]);
  });

  it("amnesia: what is on its disk is a beginning of its history; after a restart it votes again for something else", () => {
    const { cluster, sent } = clusterWith(2, "amnesia");
    const safety = watched(cluster);
    for (let i = 0; i < 20; i++) cluster.ask(`set x ${i}`);
    expect(cluster.status(2).lastExecuted).to.equal(20);
    expect(cluster.disks[2]?.state).to.equal(null);
    expect(cluster.disks[2]?.records.length).to.be.at.most(32);
    cluster.kill(2);
    cluster.start(2);
    const forgotten = cluster.status(2).lastExecuted + 2;
    expect(forgotten).to.be.lessThan(16);
    cluster.deliver(2, prePrepareOf(0, forgotten, batchNamed("other", 99)) as never);
    expect(digestsOf(sent, "prepare", forgotten).size, "two prepares for one slot").to.equal(2);
    for (let i = 20; i < 30; i++) expect(cluster.ask(`set x ${i}`).results).to.deep.equal([{ ok: true, value: "ok" }]);
    expect(safety.checks).to.be.greaterThan(100);
  });

  it("amnesia: for any seed, whatever stays on the disk can be read back", () => {
    const kept = new Set<number>();
    for (let seed = 1; seed <= 12; seed++) {
      const { cluster } = clusterWith(2, "amnesia", { seed });
      for (let i = 0; i < 12; i++) cluster.ask(`set x ${i}`);
      kept.add(cluster.disks[2]?.records.length ?? 0);
      cluster.kill(2);
      expect(() => cluster.start(2)).not.to.throw();
    }
    expect(kept.size).to.be.greaterThan(4);
  });

  it("twin as primary: two replicas with one key propose two batches for one number, each to one half", () => {
    const { cluster, sent } = clusterWith(0, "twin");
    for (const client of [0, 1]) cluster.submit(`set x ${client}`, client);
    cluster.settle();
    const told = said(sent, "pre-prepare").filter(({ message }) => message.seq === 1);
    expect(told.map(({ to }) => to).sort()).to.deep.equal([1, 2, 3]);
    expect(new Set(told.map(({ message }) => message.digest)).size).to.equal(2);
    expect(refusals(cluster, 3), "both are acceptable").not.to.include("request-signature-invalid");
  });

  it("twin as backup: each half hears one of the two, and each has its own timers", () => {
    const { cluster, sent } = clusterWith(2, "twin");
    cluster.ask("set x 1");
    cluster.run(1_000);
    expect(said(sent, "prepare").map(({ to }) => to)).to.include.members([0, 1, 3]);
    const timers = new Set(cluster.effectsOf(2, "start-timer").map(({ timer }) => timer));
    expect(timers).to.include.members(["status", "lie: twin status"]);
  });
});

function digestOfSlot1(cluster: ReturnType<typeof clusterWith>["cluster"]): string | undefined {
  return cluster.effectsOf(0, "executed")[0]?.digest;
}
