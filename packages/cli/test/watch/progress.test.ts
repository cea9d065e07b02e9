import { expect } from "chai";
import { checkpointOf, clusterCheckpoint } from "../../src/watch/checkpoint.js";
import { convictionsOf } from "../../src/watch/convicted.js";
import { allUp, isDown, ofLeaders, seen, status } from "../support/fixtures.js";

describe("watch/checkpoint", () => {
  it("is on its way from h to h + K, with the votes that are known", () => {
    const model = seen(
      allUp(1, (id, n) =>
        status(id, n, {
          machine: {
            lowWaterMark: 128,
            highWaterMark: 384,
            lastExecuted: 190 + id,
            checkpointVotes: [{ seq: 256, replicas: id === 0 ? [0, 1] : [2] }],
          },
        }),
      ),
    );
    expect(clusterCheckpoint(model.replicas)).to.deep.equal({ seq: 256, from: 128, executed: 193, votes: [0, 1, 2] });
    expect(model.replicas.map((replica) => checkpointOf(replica)?.votes)).to.deep.equal([[0, 1], [2], [2], [2]]);
  });

  it("waits for votes alone when everything up to it is executed", () => {
    const model = seen(allUp(1, (id, n) => status(id, n, { machine: { lastExecuted: 200 } })));
    expect(clusterCheckpoint(model.replicas)).to.deep.include({ seq: 128, executed: 128 });
  });

  it("is nothing that anybody votes for where a leader is trusted", () => {
    expect(clusterCheckpoint(ofLeaders("raft").replicas)).to.equal(null);
  });
});

describe("watch/convicted", () => {
  it("is who some honest replica that answers holds a proof against", () => {
    const actions = allUp(1, (id, n) => status(id, n, { convicted: id === 3 ? [0] : id === 1 ? [3, 99] : [] }));
    expect([...convictionsOf(seen(actions).replicas)]).to.deep.equal([
      [0, [3]],
      [3, [1]],
    ]);
    expect([...convictionsOf(seen([...actions, isDown(1)]).replicas).keys()]).to.deep.equal([0]);
  });

  it("is nobody whom a liar accuses", () => {
    const actions = allUp(1, (id, n) => status(id, n, { behaviour: id === 2 ? "x" : null, convicted: id === 2 ? [0, 1] : [] }));
    expect(convictionsOf(seen(actions).replicas).size).to.equal(0);
  });
});
