import { type Effect, type MessageBase, type ReplicaId, replicaPrincipal, type SignedOf } from "@bft/core";
import { type Appended, type RaftMessage, raftCodec } from "@bft/core/raft";
import { createBehaviour } from "@bft/sim/byzantine";
import { expect } from "chai";
import { fastPortsOf } from "../../../../core/test/support/keys.js";
import { contextOf } from "../support.js";
import { configOf } from "./config.js";

const SELF = 1;

function signedBy(id: number, message: RaftMessage): SignedOf<RaftMessage> {
  const signer = replicaPrincipal(id as ReplicaId);
  const payload = raftCodec.encode(message);
  const signature = fastPortsOf(signer).sign(payload);
  return { kind: message.kind, signer, message, payload, signature, attachment: null } as SignedOf<RaftMessage>;
}

/** Acknowledges every index, every other one without saying of what. */
function appended(index: number): Appended {
  const digest = index % 2 === 0 ? null : "d".repeat(64);
  return { kind: "appended", term: 1, success: true, index, digest, counts: true } as Appended;
}

describe("fuzz in the messages of Raft", () => {
  for (const name of ["fuzz-small", "fuzz-any"])
    it(`${name}: a digest that is missing is neither changed nor put elsewhere`, () => {
      const behaviour = createBehaviour("raft", name, contextOf(configOf(SELF), [SELF], 1, fastPortsOf));
      const told: RaftMessage[] = [];
      for (let index = 1; index <= 600; index++) {
        const heard = signedBy(2, appended(index)) as unknown as SignedOf<MessageBase>;
        const honest = { kind: "send", to: 0, signed: signedBy(SELF, appended(index)) } as unknown as Effect<MessageBase>;
        for (const effect of behaviour({ kind: "message", signed: heard, via: replicaPrincipal(2 as ReplicaId) }, [honest]))
          if (effect.kind === "send") told.push((effect.signed as unknown as SignedOf<RaftMessage>).message);
      }
      const lies = told.filter((message, i) => JSON.stringify(message) !== JSON.stringify(appended(i + 1)));
      expect(told).to.have.length(600);
      expect(lies.length).to.be.greaterThan(20);
      for (const [i, message] of told.entries())
        expect((message as Appended).digest === null, `round ${i + 1}`).to.equal((i + 1) % 2 === 0);
    });
});
