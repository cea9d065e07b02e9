import { expect } from "chai";
import * as fc from "fast-check";
import { bodyRows, firstShown, type Layout, layoutOf } from "../../src/dashboard/layout.js";

function parts({ height: _, columns: __, ...rows }: Layout): number[] {
  return Object.values(rows);
}

const rowCount = fc.integer({ min: 1, max: 120 });
const replicaCount = fc.integer({ min: 1, max: 31 });

describe("dashboard/layout", () => {
  it("gives out exactly the rows there are, less one, whatever the size", () => {
    return fc.assert(
      fc.property(rowCount, replicaCount, fc.nat(9), fc.constantFrom(0, 1), (rows, replicas, matters, banner) => {
        const layout = layoutOf({ columns: 80, rows }, replicas, matters, banner);
        expect(layout.banner).to.equal(banner);
        expect(layout.height).to.equal(Math.max(1, rows - 1));
        expect(parts(layout).reduce((a, b) => a + b, 0)).to.equal(layout.height);
        expect(Math.min(...parts(layout))).to.be.at.least(0);
        expect(layout.table).to.be.at.most(replicas);
      }),
    );
  });

  it("shows all ten replicas of f = 3, slots and events on 80x24", () => {
    expect(layoutOf({ columns: 80, rows: 24 }, 10, 0, 0)).to.deep.include({
      table: 10,
      slotsHead: 1,
      tabs: 1,
      pulse: 0,
      slots: 3,
      feedHead: 1,
      feed: 3,
      footer: 1,
    });
  });

  it("leaves air where there is room", () => {
    expect(layoutOf({ columns: 80, rows: 24 }, 4, 0, 0)).to.deep.include({
      table: 4,
      pulse: 1,
      tabs: 1,
      gapBeforeSlots: 1,
      slots: 5,
      feed: 5,
    });
    expect(layoutOf({ columns: 160, rows: 50 }, 4, 0, 0)).to.deep.include({ slots: 16, feed: 18 });
  });

  it("makes room for what is on its way, and for no more than that", () => {
    expect(layoutOf({ columns: 80, rows: 24 }, 4, 2, 0)).to.deep.include({ table: 4, progress: 2 });
    expect(layoutOf({ columns: 80, rows: 24 }, 4, 30, 0).progress).to.equal(4);
    expect(layoutOf({ columns: 80, rows: 8 }, 4, 3, 0)).to.deep.include({ table: 3, progress: 0 });
  });

  it("gives a page what is between the first rows and the last one", () => {
    expect(bodyRows(layoutOf({ columns: 80, rows: 24 }, 4, 0, 0))).to.equal(18);
    expect(bodyRows(layoutOf({ columns: 80, rows: 10 }, 4, 0, 0))).to.equal(6);
    expect(bodyRows(layoutOf({ columns: 80, rows: 24 }, 4, 0, 1))).to.equal(17);
  });

  it("keeps the verdict, the keys and a replica on the smallest terminal", () => {
    expect(layoutOf({ columns: 20, rows: 4 }, 10, 0, 0)).to.deep.include({ verdict: 1, footer: 1, table: 1, slots: 0, feed: 0 });
  });

  it("scrolls so that the chosen row is seen", () => {
    expect(firstShown(10, 10, 9)).to.equal(0);
    expect(firstShown(10, 4, 0)).to.equal(0);
    expect(firstShown(10, 4, 5)).to.equal(3);
    expect(firstShown(10, 4, 9)).to.equal(6);
  });
});
