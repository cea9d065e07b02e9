import { CHECKPOINTS_SHOWN, NAMES_SHOWN } from "@bft/core";
import { expect } from "chai";
import {
  batchNamed,
  batchOf,
  checkpointOf,
  commitOf,
  digestOf,
  prePrepareOf,
  prepareOf,
  requestOf,
  viewChangeOf,
} from "./support/forge.js";
import { Lone } from "./support/lone.js";

const batch = batchNamed("a");

describe("what a person sees of PBFT", () => {
  it("a slot: its requests by name, the votes that count, and whose vote is for another digest", () => {
    const lone = new Lone(1);
    lone.deliver(prePrepareOf(0, 1, batch), prepareOf(2, 0, 1, batch.digest));
    lone.deliver(prepareOf(3, 0, 1, digestOf("b")), commitOf(3, 0, 1, digestOf("b")), commitOf(2, 0, 1, batch.digest));
    const [slot] = lone.replica.inspect().slots;
    expect(slot).to.deep.include({ seq: 1, contains: [{ client: 0, timestamp: 1 }], contrary: [3] });
    expect(slot).to.deep.include({ prepares: [0, 1, 2], prepared: true, commits: [1, 2], committed: false });
  });

  it("without a pre-prepare no digest is the right one, so nobody's vote is contrary", () => {
    const lone = new Lone(1);
    lone.deliver(prepareOf(2, 0, 1, batch.digest), prepareOf(3, 0, 1, digestOf("b")));
    expect(lone.replica.inspect().slots[0]).to.deep.include({ digest: null, contains: [], contrary: [] });
  });

  it("the requests that wait, oldest first, a bounded number of them", () => {
    const lone = new Lone(1, { clientWindow: 2 * NAMES_SHOWN });
    for (let timestamp = 1; timestamp <= NAMES_SHOWN + 1; timestamp++) lone.deliver(requestOf("set x 1", 0, timestamp));
    const { queued, waiting } = lone.replica.inspect();
    expect(queued).to.equal(NAMES_SHOWN + 1);
    expect(waiting).to.have.lengthOf(NAMES_SHOWN);
    expect(waiting[0]).to.deep.equal({ client: 0, timestamp: 1 });
  });

  it("of a large batch the names of some requests", () => {
    const requests = Array.from({ length: NAMES_SHOWN + 8 }, (_, index) => requestOf("set x 1", 0, index + 1));
    const lone = new Lone(1, { clientWindow: 2 * NAMES_SHOWN, batchOperationsMax: 2 * NAMES_SHOWN });
    lone.deliver(prePrepareOf(0, 1, batchOf(...requests)));
    const [slot] = lone.replica.inspect().slots;
    expect(slot?.requests).to.equal(NAMES_SHOWN + 8);
    expect(slot?.contains).to.have.lengthOf(NAMES_SHOWN);
  });

  it("§4.4: who wants which view", () => {
    const lone = new Lone(1);
    lone.deliver(viewChangeOf(2, 3));
    expect(lone.replica.inspect().wants).to.deep.equal([{ replica: 2, view: 3 }]);
  });

  it("§4.3: who has voted for checkpoints that are not stable yet, the latest of them", () => {
    const lone = new Lone(1, { checkpointInterval: 2 });
    lone.deliver(checkpointOf(2, 4, digestOf("state")), checkpointOf(3, 2, digestOf("state")), checkpointOf(0, 4, digestOf("x")));
    const { checkpointVotes } = lone.replica.inspect();
    expect(checkpointVotes).to.deep.equal([
      { seq: 2, replicas: [3] },
      { seq: 4, replicas: [0, 2] },
    ]);
    expect(checkpointVotes.length).to.be.at.most(CHECKPOINTS_SHOWN);
  });
});
