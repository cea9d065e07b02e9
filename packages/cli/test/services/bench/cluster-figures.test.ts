import { expect } from "chai";
import { operationsPerBatch, perOperation, replicaFigures } from "../../../src/services/bench/cluster-figures.js";
import { status } from "../../support/fixtures.js";

const before = [0, 1].map((id) => status(id));
const after = before.map(({ id }) =>
  status(id, 4, {
    cpuMs: 400 + 50,
    diskMs: 50 + 5,
    signatures: { made: 100 + 30, checked: 100 + 70 },
    messagesOut: 100 + 20,
    bytesOut: 4_000,
    operationsExecuted: 10,
    machine: { lastExecuted: 5 },
  }),
);
const figures = before.flatMap((each, id) => replicaFigures(each, after[id] as (typeof after)[number]) ?? []);

describe("services/bench/cluster-figures", () => {
  it("what each replica did between two looks", () => {
    expect(figures[1]).to.deep.equal({
      replica: 1,
      operations: 10,
      batches: 5,
      messagesOut: 20,
      bytesOut: 4_000,
      cpuMs: 50,
      signed: 30,
      verified: 70,
      diskMs: 5,
    });
  });

  it("one that was restarted meanwhile counts anew, so nothing is said of it", () => {
    expect(replicaFigures(status(0), { ...status(0), pid: 9 })).to.equal(null);
  });

  it("per operation: of all together, but processor time of one", () => {
    expect(perOperation(figures, 10)).to.deep.equal({ messages: 4, bytes: 800, signed: 6, verified: 14, cpuMs: 5 });
    expect(perOperation(figures, 0)).to.equal(null);
    expect(perOperation([], 10)).to.equal(null);
  });

  it("operations in a batch, by the replica that executed most of them", () => {
    expect(operationsPerBatch(figures)).to.equal(2);
    expect(operationsPerBatch([])).to.equal(null);
  });
});
