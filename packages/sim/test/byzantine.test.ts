import { type Principal, replicaPrincipal, SERVICES, type Service } from "@bft/core";
import type { PbftConfig, PbftSigned } from "@bft/core/pbft";
import { Random } from "@bft/sim";
import { BEHAVIOURS, createBehaviour, type LiarContext } from "@bft/sim/byzantine";
import { expect } from "chai";
import { type Envelope, TestCluster } from "../../core/test/support/cluster.js";
import { portsOf } from "../../core/test/support/keys.js";

function contextOf(config: PbftConfig): LiarContext {
  return {
    config,
    ports: portsOf(replicaPrincipal(config.self)),
    service: SERVICES.get("kv") as Service,
    random: new Random(1),
    accomplices: [config.self],
  };
}

/** A cluster of four in which `liar` behaves as named, and everything that the liar sends, by whom it is sent to. */
function clusterWith(liar: number, name: string): { readonly cluster: TestCluster; readonly sent: Envelope[] } {
  const cluster = new TestCluster();
  const config = cluster.configs[liar] as PbftConfig;
  cluster.behaviours.set(liar, createBehaviour(name, contextOf(config)));
  const sent: Envelope[] = [];
  cluster.meddle = (envelope) => {
    if (envelope.from.role === "replica" && envelope.from.id === liar) sent.push(envelope);
    return [envelope];
  };
  return { cluster, sent };
}

function digestsOf(sent: readonly Envelope[], kind: PbftSigned["kind"], seq: number): Set<string> {
  return new Set(
    sent.flatMap(({ signed }) =>
      signed.kind === kind && "digest" in signed.message && signed.message.seq === seq ? [signed.message.digest] : [],
    ),
  );
}

/** The batches that correct replicas executed, by sequence number. */
function executedDigests(cluster: TestCluster, liar: number): Map<number, Set<string>> {
  const executed = new Map<number, Set<string>>();
  for (const { self } of cluster.configs) {
    if (self === liar) continue;
    for (const { seq, digest } of cluster.effectsOf(self, "executed"))
      executed.set(seq, (executed.get(seq) ?? new Set()).add(digest));
  }
  return executed;
}

describe("the catalogue of lies", () => {
  it("names each behaviour once and says what it sends and what must hold", () => {
    expect(BEHAVIOURS.map(({ name }) => name)).to.deep.equal(["equivocate", "silent", "wrong-digest", "wrong-reply"]);
    for (const { summary, holds } of BEHAVIOURS) {
      expect(summary).to.have.length.greaterThan(20);
      expect(holds).to.have.length.greaterThan(20);
    }
  });

  it("refuses a name that is not in it, and says which are", () => {
    const { cluster } = clusterWith(0, "silent");
    const context = contextOf(cluster.configs[0] as PbftConfig);
    expect(() => createBehaviour("fib", context)).to.throw(RangeError, /no behaviour "fib"; there are: equivocate, silent/);
  });

  for (const { name } of BEHAVIOURS) {
    for (const liar of [0, 2]) {
      it(`${name} by ${liar === 0 ? "the primary" : "a backup"}: clients are answered right, correct replicas execute alike`, () => {
        const { cluster } = clusterWith(liar, name);
        for (let i = 1; i <= 12; i++) {
          expect(cluster.ask(`set x ${i}`).results).to.deep.equal([{ ok: true, value: "ok" }]);
          expect(cluster.ask("get x").results).to.deep.equal([{ ok: true, value: String(i) }]);
        }
        cluster.run(2_000);
        const executed = executedDigests(cluster, liar);
        expect(executed.size).to.be.at.least(24);
        for (const [seq, digests] of executed) expect(digests.size, `batches executed at ${seq}`).to.equal(1);
      });
    }
  }
});

describe("each lie is really told", () => {
  it("equivocate as primary: two batches for one sequence number, each with valid client requests, to different replicas", () => {
    const { cluster, sent } = clusterWith(0, "equivocate");
    cluster.ask("set x 1");
    cluster.ask("set x 2");
    for (const seq of [1, 2]) expect(digestsOf(sent, "pre-prepare", seq).size, `pre-prepares for ${seq}`).to.equal(2);
    const told = new Map<number, string>();
    for (const { to, signed } of sent)
      if (signed.kind === "pre-prepare" && signed.message.seq === 1) told.set(to.id, signed.message.digest);
    expect([...told.keys()].sort()).to.deep.equal([1, 2, 3]);
    const refused = [1, 2, 3].flatMap((id) => cluster.effectsOf(id, "dropped").map(({ reason }) => reason));
    for (const reason of ["batch-malformed", "batch-digest-mismatch", "request-signature-invalid"])
      expect(refused, "both stories are acceptable by themselves").to.not.include(reason);
  });

  it("equivocate as backup: two votes for one slot, which convict it where both arrive", () => {
    const { cluster, sent } = clusterWith(2, "equivocate");
    cluster.ask("set x 1");
    expect(digestsOf(sent, "prepare", 1).size).to.equal(2);
    expect(digestsOf(sent, "commit", 1).size).to.equal(2);
  });

  it("silent: nothing leaves, not even a reply", () => {
    const { cluster, sent } = clusterWith(2, "silent");
    const { silent } = cluster.ask("set x 1");
    expect(sent).to.deep.equal([]);
    expect(silent).to.include(2);
  });

  it("wrong-digest: as primary it is refused and replaced, as backup its votes count for nothing", () => {
    const asPrimary = clusterWith(0, "wrong-digest");
    expect(asPrimary.cluster.ask("set x 1").view).to.be.at.least(1);
    expect(asPrimary.cluster.effectsOf(1, "dropped").map(({ reason }) => reason)).to.include("batch-digest-mismatch");
    const asBackup = clusterWith(2, "wrong-digest");
    asBackup.cluster.ask("set x 1");
    const slot = asBackup.cluster.status(1).slots.find(({ seq }) => seq === 1);
    expect(slot?.prepares).to.not.include(2);
    expect(digestsOf(asBackup.sent, "prepare", 1)).to.not.include(slot?.digest);
  });

  it("wrong-reply: the client sees who told it something else", () => {
    const { cluster } = clusterWith(1, "wrong-reply");
    cluster.ask("set x 1");
    const client = cluster.clients[0];
    const timestamp = cluster.outcomes.get(0)?.at(-1)?.timestamp;
    cluster.settle();
    const outcome = timestamp === undefined ? null : client?.outcome(timestamp);
    expect(outcome?.disagreed.map(({ replica }) => replica)).to.deep.equal([1]);
    expect(outcome?.disagreed[0]?.results).to.deep.equal([{ ok: true, value: "ok (a lie)" }]);
  });

  it("a liar signs with its own key only: what it relays for others is not changed", () => {
    const { cluster, sent } = clusterWith(2, "wrong-digest");
    const record = cluster.meddle;
    // The primary does not hear the client itself, so the request reaches it by way of the backups.
    cluster.meddle = (envelope) => (envelope.from.role === "client" && envelope.to.id === 0 ? [] : record(envelope));
    cluster.ask("set x 1");
    const own = (signer: Principal) => signer.role === "replica" && signer.id === 2;
    const relayed = sent.map(({ signed }) => signed).filter(({ signer }) => !own(signer));
    expect(relayed.map(({ kind }) => kind)).to.include("request");
    for (const { signer, payload, signature } of relayed)
      expect(portsOf(signer).verify(signer, payload, signature)).to.equal(true);
  });
});
