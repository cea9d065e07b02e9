import { expect } from "chai";
import { remembered } from "../../src/watch/remembered.js";
import { slot, status } from "../support/fixtures.js";

function machine(seqs: readonly number[], lowWaterMark = 0) {
  return status(0, 4, { machine: { lowWaterMark, slots: seqs.map((seq) => slot(seq)) } }).machine;
}

const seqsOf = (slots: ReturnType<typeof remembered>) => slots.map(({ seq }) => seq);

describe("watch/remembered", () => {
  it("keeps what a status has no room for any more", () => {
    const before = remembered([], machine([1, 2, 3]));
    expect(seqsOf(remembered(before, machine([3, 4])))).to.deep.equal([1, 2, 3, 4]);
  });

  it("takes what is told now in place of what was told before", () => {
    const before = remembered([], machine([1]));
    const now = { ...machine([]), slots: [slot(1, 4, { view: 7 })] };
    expect(remembered(before, now).map(({ view }) => view)).to.deep.equal([7]);
  });

  it("keeps what a checkpoint has put away, and forgets what a view change has undone", () => {
    const before = remembered([], machine([127, 128, 129, 130]));
    expect(seqsOf(remembered(before, machine([], 128)))).to.deep.equal([127, 128]);
    expect(seqsOf(remembered(before, machine([129], 128)))).to.deep.equal([127, 128, 129]);
  });

  it("is bounded", () => {
    let slots = remembered([], machine([]));
    for (let seq = 1; seq < 2000; seq += 8) slots = remembered(slots, machine(Array.from({ length: 8 }, (_, at) => seq + at)));
    expect(slots).to.have.length(256);
    expect(slots.at(-1)?.seq).to.equal(2000);
  });
});
