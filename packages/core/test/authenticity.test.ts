import { type ReplicaId, replicaPrincipal } from "@bft/core";
import { expect } from "chai";
import { batchOf, commitOf, prePrepareOf, prepareOf, requestOf } from "./support/forge.js";
import { droppedIn, Lone, messagesIn } from "./support/lone.js";

const requests = (count: number) => Array.from({ length: count }, (_, i) => requestOf(`set x ${i}`, i % 2, i + 1));
const FOUR = batchOf(...requests(4));
const FORGED = batchOf(...requests(3), { ...requestOf("set x 9", 1, 9), signature: new Uint8Array(64) });
const prepared = (effects: ReturnType<Lone["deliver"]>) => messagesIn(effects, "prepare").length;

describe("TOCS '02: the requests of a pre-prepare are authentic when f+1 replicas vouch for them", () => {
  it("the first f backups after the primary check every signature, and vote at once", () => {
    const lone = new Lone(1);
    expect(prepared(lone.deliver(prePrepareOf(0, 1, FOUR)))).to.equal(1);
    expect(droppedIn(lone.deliver(prePrepareOf(0, 2, FORGED)))).to.deep.equal(["request-signature-invalid"]);
  });

  it("the others wait until f others vote for the batch, and check nothing (we differ)", () => {
    for (const vote of [prepareOf(1, 0, 1, FOUR.digest), commitOf(3, 0, 1, FOUR.digest)]) {
      const lone = new Lone(2);
      const effects = lone.deliver(prePrepareOf(0, 1, FOUR));
      expect(prepared(effects)).to.equal(0);
      expect(
        effects.some((effect) => effect.kind === "persist"),
        "what waits is not accepted yet",
      ).to.equal(false);
      const after = lone.deliver(vote);
      expect(prepared(after)).to.equal(1);
      expect(after.some((effect) => effect.kind === "cancel-timer" && effect.timer === "vouch")).to.equal(true);
    }
  });

  it("f = 2 takes two other backups", () => {
    const lone = new Lone(3, { replicas: 7, faults: 2 });
    lone.deliver(prePrepareOf(0, 1, FOUR, 0));
    expect(prepared(lone.deliver(prepareOf(1, 0, 1, FOUR.digest)))).to.equal(0);
    expect(prepared(lone.deliver(prepareOf(1, 0, 1, FOUR.digest)))).to.equal(0);
    expect(prepared(lone.deliver(commitOf(1, 0, 1, FOUR.digest)))).to.equal(0);
    expect(prepared(lone.deliver(commitOf(0, 0, 1, FOUR.digest)))).to.equal(0);
    expect(prepared(lone.deliver(prepareOf(2, 0, 1, FOUR.digest)))).to.equal(1);
  });

  it("a vote for something else vouches for nothing", () => {
    const lone = new Lone(2);
    lone.deliver(prePrepareOf(0, 1, FOUR));
    expect(prepared(lone.deliver(prepareOf(1, 0, 1, FORGED.digest)))).to.equal(0);
  });

  it("votes that came before their pre-prepare vouch too", () => {
    const lone = new Lone(2);
    lone.deliver(prepareOf(1, 0, 1, FOUR.digest));
    expect(prepared(lone.deliver(prePrepareOf(0, 1, FOUR)))).to.equal(1);
  });

  it("one signature is checked at once, and those that came from the client were checked before", () => {
    const few = new Lone(2);
    expect(prepared(few.deliver(prePrepareOf(0, 1, batchOf(...requests(1)))))).to.equal(1);
    const known = new Lone(2);
    known.deliver(...requests(4).slice(0, 3));
    expect(prepared(known.deliver(prePrepareOf(0, 1, FOUR)))).to.equal(1);
  });

  it("nobody vouches in time: it checks for itself, and until the next checkpoint it does not wait again", () => {
    const lone = new Lone(2);
    lone.deliver(prePrepareOf(0, 1, FOUR));
    expect(prepared(lone.fire("vouch"))).to.equal(1);
    expect(prepared(lone.deliver(prePrepareOf(0, 2, batchOf(...requests(8).slice(4)))))).to.equal(1);
  });

  it("it waits for less than half of the patience that it has with the primary", () => {
    const waits = (viewChangeTimeoutMs: number) => {
      const lone = new Lone(2, { viewChangeTimeoutMs });
      lone.deliver(prePrepareOf(0, 1, FOUR));
      return lone.timers.get("vouch");
    };
    expect([waits(1000), waits(30)]).to.deep.equal([24, 15]);
  });

  it("what nobody vouches for and no client signed is refused, and the primary's next try with the same number is judged anew", () => {
    const lone = new Lone(2);
    expect(droppedIn(lone.deliver(prePrepareOf(0, 1, FORGED)))).to.deep.equal([]);
    expect(droppedIn(lone.fire("vouch"))).to.deep.equal(["request-signature-invalid"]);
    expect(lone.replica.inspect().slots).to.deep.equal([]);
    expect(droppedIn(lone.deliver(prePrepareOf(0, 1, FORGED)))).to.deep.equal(["request-signature-invalid"]);
  });

  it("a pre-prepare that is sent again does not make it wait longer", () => {
    const lone = new Lone(2);
    lone.deliver(prePrepareOf(0, 1, FOUR));
    expect(lone.replica.reasonToDrop(replicaPrincipal(0 as ReplicaId), prePrepareOf(0, 1, FOUR).message)).to.equal("duplicate");
  });

  it("what waits is forgotten with its view, and is not taken for checked in the next one", () => {
    const lone = new Lone(2);
    lone.deliver(prePrepareOf(0, 1, FORGED));
    lone.enter(1);
    expect(lone.replica.inspect().retained.batches).to.equal(0);
    expect(droppedIn(lone.fire("vouch"))).to.deep.equal([]);
  });

  it("a replica that waited and was killed comes back as one that has accepted nothing", () => {
    const lone = new Lone(2);
    lone.deliver(prePrepareOf(0, 1, FOUR));
    expect(lone.restarted().replica.inspect().slots).to.deep.equal([]);
  });
});
