import { type Digest, type ReplicaConfig, replicaPrincipal, type SeqNum, type SignedOf, type View } from "@bft/core";
import { type Checkpoint, type PbftMessage, type PbftSigned, type Prepare, pbftCodec, type ViewChange } from "@bft/core/pbft";
import { createPbftBehaviour, type PbftBehaviour } from "@bft/sim/byzantine";
import { expect } from "chai";
import type { PbftEffect } from "../../../core/test/support/cluster.js";
import { fastPortsOf } from "../../../core/test/support/keys.js";
import { liarIn, served, survivesAnything } from "./received.js";
import { clusterWith, contextOf, executedDigests } from "./support.js";

const SELF = 2;
const OTHERS = [0, 1, 3];
const CONFIG = clusterWith(SELF, "silent", { ports: fastPortsOf }).cluster.configs[SELF] as ReplicaConfig;
const VIEW = 6 as View;
const KNOWN = ["a", "b", "c"].map((digit) => digit.repeat(64) as Digest);

function signed<M extends PbftMessage>(message: M, signer = SELF): SignedOf<PbftMessage> {
  const principal = replicaPrincipal(signer as never);
  const payload = pbftCodec.encode(message);
  const signature = fastPortsOf(principal).sign(payload);
  return { kind: message.kind, signer: principal, message, payload, signature, attachment: null } as unknown as PbftSigned;
}

function prepare(seq: number, digest = "d".repeat(64) as Digest): Prepare {
  return { kind: "prepare", view: VIEW, seq: seq as SeqNum, digest };
}

function viewChange(newView: number): ViewChange {
  const message: Checkpoint = { kind: "checkpoint", seq: 8 as SeqNum, stateDigest: KNOWN[0] as Digest };
  const checkpoints = [0, 1, 3].map((signerId) => {
    const { payload, signature } = signed(message, signerId);
    return { signerId, message, payload, signature };
  });
  return { kind: "view-change", newView: newView as View, stableSeq: message.seq, checkpoints, prepared: [] };
}

/** A liar that knows some digests. */
function fuzzer(name: string, seed: number): PbftBehaviour {
  const behaviour = createPbftBehaviour(name, contextOf(CONFIG, [SELF], seed, fastPortsOf));
  for (const digest of KNOWN)
    behaviour({ kind: "message", signed: signed(prepare(1, digest), 0), via: replicaPrincipal(0 as never) }, []);
  return behaviour;
}

/** What each of the others is told when the honest replica says this to all. */
function told(behaviour: PbftBehaviour, message: PbftMessage): ReadonlyMap<number, PbftMessage> {
  const effects = behaviour({ kind: "timer-fired", timer: "status" }, [{ kind: "broadcast", signed: signed(message) }]);
  return new Map(
    effects.flatMap((effect) => {
      if (effect.kind === "broadcast") return OTHERS.map((to) => [to, effect.signed.message] as const);
      return effect.kind === "send" ? [[effect.to as number, effect.signed.message] as const] : [];
    }),
  );
}

/** In what the two differ. */
function changed(truth: PbftMessage, lie: PbftMessage): string[] {
  const [before, after] = [truth, lie].map((each) => each as unknown as Readonly<Record<string, unknown>>);
  return Object.keys(before ?? {}).filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]));
}

/** Over many rounds, whom it told what, where it was not the truth. */
function lies(name: string, seed: number, rounds: number, truth: (round: number) => PbftMessage) {
  const behaviour = fuzzer(name, seed);
  return Array.from({ length: rounds }, (_, round) => {
    const message = truth(round);
    const all = told(behaviour, message);
    expect([...all.keys()].sort(), "everybody is told something").to.deep.equal(OTHERS);
    const deceived = OTHERS.filter((to) => changed(message, all.get(to) as PbftMessage).length > 0);
    return { truth: message, deceived, lies: deceived.map((to) => all.get(to) as PbftMessage) };
  });
}

const prepares = (round: number): Prepare => prepare(10 + round);

describe("lies that nobody thought of", () => {
  for (const name of ["fuzz-small", "fuzz-any"]) {
    it(`${name}: in some rounds only, to some receivers only, one field is another one`, () => {
      const rounds = lies(name, 1, 500, prepares);
      const faulty = rounds.filter(({ deceived }) => deceived.length > 0);
      expect(faulty.length).to.be.within(40, 140);
      const sizes = faulty.map(({ deceived }) => deceived.length);
      for (const size of [1, 2, 3]) expect(sizes, `${size} deceived`).to.include(size);
      for (const to of OTHERS)
        expect(faulty.filter(({ deceived }) => deceived.includes(to)).length, `replica ${to}`).to.be.within(15, 110);
      for (const { truth, lies: each } of faulty) for (const lie of each) expect(changed(truth, lie)).to.have.length(1);
      const fields = new Set(faulty.flatMap(({ truth, lies: each }) => each.flatMap((lie) => changed(truth, lie))));
      expect(fields).to.deep.equal(new Set(["view", "seq", "digest"]));
    });

    it(`${name}: whom it lies to in a round is the same to the end of the round`, () => {
      const behaviour = fuzzer(name, 3);
      const at = (round: number) => {
        const message = prepare(10 + round);
        const all = told(behaviour, message);
        return OTHERS.filter((to) => all.get(to) !== message && changed(message, all.get(to) as PbftMessage).length > 0);
      };
      const first = Array.from({ length: 100 }, (_, round) => at(round));
      const second = Array.from({ length: 100 }, (_, round) => at(round));
      expect(second).to.deep.equal(first);
      expect(first.flat().length).to.be.greaterThan(5);
    });

    it(`${name}: the same seed tells the same lies, another seed others`, () => {
      const text = (seed: number) => JSON.stringify(lies(name, seed, 200, prepares));
      expect(text(5)).to.equal(text(5));
      expect(text(5)).to.not.equal(text(6));
    });

    it(`${name}: of a list an element is missing or stands twice`, () => {
      const rounds = lies(name, 2, 300, (round) => viewChange(6 + round)).flatMap(({ lies: each }) => each as ViewChange[]);
      const lengths = new Set(rounds.map(({ checkpoints }) => checkpoints.length));
      expect(lengths).to.deep.equal(new Set([2, 3, 4]));
    });

    it(`${name}: what it passes on, and what it replies to clients, is not touched`, () => {
      const behaviour = fuzzer(name, 1);
      for (let seq = 1; seq <= 100; seq++) {
        const reply = {
          kind: "reply",
          view: VIEW,
          client: 0,
          timestamp: seq,
          seq,
          ordered: true,
          results: [],
        } as unknown as PbftMessage;
        const effects: PbftEffect[] = [
          { kind: "send", to: 1 as never, signed: signed(prepare(seq), 3) },
          { kind: "reply", to: 0 as never, signed: signed(reply) },
          { kind: "persist", record: new Uint8Array(3), sync: true },
        ];
        expect(behaviour({ kind: "timer-fired", timer: "status" }, effects)).to.deep.equal(effects);
      }
    });

    for (const liar of [0, 2])
      it(`${name} by ${liar === 0 ? "the primary" : "a backup"}: lies are told, clients are answered right, correct replicas execute alike`, () => {
        for (let seed = 1; seed <= 3; seed++) {
          const { cluster, sent } = liarIn(liar, name, { seed });
          const honest: PbftSigned[] = [];
          const behaviour = cluster.behaviours.get(liar) as PbftBehaviour;
          cluster.behaviours.set(liar, (input, effects) => {
            for (const effect of effects) if ("signed" in effect) honest.push(effect.signed);
            return behaviour(input, effects);
          });
          served(cluster, 20);
          const made = sent.filter(({ signed: each }) => !honest.includes(each));
          expect(made.length, `seed ${seed}`).to.be.greaterThan(5);
          const executed = executedDigests(cluster);
          expect(executed.size).to.be.at.least(40);
          for (const [seq, digests] of executed) expect(digests.size, `batches executed at ${seq}`).to.equal(1);
        }
      });

    it(`${name} survives five hundred hostile inputs`, () => survivesAnything(name));
  }

  it("fuzz-small: a number is one more or one less, a digest is another one that it heard of", () => {
    const all = lies("fuzz-small", 4, 500, prepares).flatMap(({ truth, lies: each }) => each.map((lie) => ({ truth, lie })));
    for (const { truth, lie } of all as readonly { truth: Prepare; lie: Prepare }[]) {
      expect(Math.abs(lie.view - truth.view)).to.be.at.most(1);
      expect(Math.abs(lie.seq - truth.seq)).to.be.at.most(1);
      if (lie.digest !== truth.digest) expect(KNOWN).to.include(lie.digest);
    }
    const steps = new Set(all.map(({ truth, lie }) => (lie as Prepare).seq - (truth as Prepare).seq));
    expect(steps).to.deep.equal(new Set([-1, 0, 1]));
  });

  it("fuzz-any: numbers from nothing to the largest there is, digests of nothing; all of it can be sent", () => {
    const all = lies("fuzz-any", 4, 800, prepares).flatMap(({ lies: each }) => each as Prepare[]);
    const numbers = all.flatMap(({ view, seq }) => [view as number, seq as number]);
    expect(Math.max(...numbers)).to.equal(Number.MAX_SAFE_INTEGER);
    expect(numbers).to.include(0);
    const digests = all.map(({ digest }) => digest).filter((digest) => digest !== "d".repeat(64));
    expect(new Set(digests).size).to.be.greaterThan(10);
    for (const digest of digests) expect(KNOWN).to.not.include(digest);
    for (const message of all) expect(pbftCodec.decode(pbftCodec.encode(message)).ok).to.equal(true);
  });
});
