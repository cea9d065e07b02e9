import type { Principal, ReplicaConfig } from "@bft/core";
import { behavioursOf, createPbftBehaviour } from "@bft/sim/byzantine";
import { expect } from "chai";
import { portsOf } from "../../core/test/support/keys.js";
import { clusterWith, contextOf, digestsOf, executedDigests, watched } from "./byzantine/support.js";

/** Each is promised to the users of the command line. */
const PROMISED = [
  ...["equivocate", "silent", "wrong-digest", "wrong-reply", "collude"],
  ...["silent-primary", "wrong-batch", "seq-gap", "seq-jump", "seq-off-by-one", "view-off-by-one", "too-few", "withhold-body"],
  ...["invent-operation", "repeat-request", "censor", "slow-primary"],
  ...[
    "double-vote",
    "prepare-as-primary",
    "commit-early",
    "vote-to-one",
    "mute-after-prepare",
    "stale-replay",
    "amnesia",
    "twin",
  ],
];

describe("the catalogue of lies", () => {
  it("names each behaviour once and says what it sends and what must hold", () => {
    const names = behavioursOf("pbft").map(({ name }) => name);
    expect(new Set(names).size, "each name once").to.equal(names.length);
    expect(names).to.include.members(PROMISED);
    expect(names[0], "the default").to.equal("equivocate");
    for (const { name, summary, holds } of behavioursOf("pbft")) {
      expect(name).to.match(/^[a-z]+(-[a-z]+)*$/);
      expect(summary).to.have.length.greaterThan(20);
      expect(holds).to.have.length.greaterThan(20);
    }
  });

  it("refuses a name that is not in it, and says which are", () => {
    const { cluster } = clusterWith(0, "silent");
    const context = contextOf(cluster.configs[0] as ReplicaConfig);
    expect(() => createPbftBehaviour("fib", context)).to.throw(
      RangeError,
      /no behaviour "fib" in pbft; there are: equivocate, silent/,
    );
  });

  for (const { name } of behavioursOf("pbft")) {
    for (const liar of [0, 2]) {
      it(`${name} by ${liar === 0 ? "the primary" : "a backup"}: clients are answered right, correct replicas execute alike`, () => {
        const { cluster } = clusterWith(liar, name);
        const safety = watched(cluster);
        for (let i = 1; i <= 12; i++) {
          expect(cluster.ask(`set x ${i}`).results).to.deep.equal([{ ok: true, value: "ok" }]);
          expect(cluster.ask("get x").results).to.deep.equal([{ ok: true, value: String(i) }]);
        }
        cluster.run(2_000);
        expect(safety.checks).to.be.greaterThan(100);
        const executed = executedDigests(cluster);
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
