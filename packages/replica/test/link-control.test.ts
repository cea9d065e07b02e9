import { replicaId, replicaPrincipal } from "@bft/core";
import { type LinkFault, SOUND_LINK } from "@bft/net";
import { expect } from "chai";
import { LinkControl } from "../src/link-control.js";

const IMPAIRED = { delayMs: 0, jitterMs: 0, drop: 0.5, duplicate: 0, reorder: 0 };

/** Replica 1 of four, and the events that it told. */
function bench() {
  const told: (readonly [replicas: readonly number[], fault: LinkFault | null])[] = [];
  const control = new LinkControl(1, 4, ({ replicas, fault }) => told.push([replicas, fault]));
  const sound = [0, 2, 3].map((replica) => ({ replica, connected: true, queuedBytes: 0 }));
  const faults = () => control.describe(sound).map(({ fault }) => fault);
  return { control, told, faults };
}

describe("link control", () => {
  it("cuts the links that are named and no others, and keeps what else is wrong with them", () => {
    const { control, told, faults } = bench();
    control.apply({ kind: "impair", towards: [0], impairment: IMPAIRED });
    control.apply({ kind: "cut", towards: [0, 2] });
    const cut = { ...SOUND_LINK, cut: true };
    expect(faults()).to.deep.equal([{ ...cut, drop: 0.5 }, cut, null]);
    control.apply({ kind: "cut", towards: [2, 3] });
    expect(faults()).to.deep.equal([{ ...SOUND_LINK, drop: 0.5 }, cut, cut]);
    expect(told, "alike ones as one event, unchanged ones not at all").to.deep.equal([
      [[0], { ...SOUND_LINK, drop: 0.5 }],
      [[0], { ...cut, drop: 0.5 }],
      [[2], cut],
      [[0], { ...SOUND_LINK, drop: 0.5 }],
      [[3], cut],
    ]);
  });

  it("replaces what a link does, and keeps a cut", () => {
    const { control, faults } = bench();
    control.apply({ kind: "cut", towards: [0] });
    control.apply({ kind: "impair", towards: [0, 3], impairment: IMPAIRED });
    control.apply({ kind: "impair", towards: [0, 3], impairment: { ...IMPAIRED, drop: 0, reorder: 1 } });
    expect(faults()).to.deep.equal([{ ...SOUND_LINK, cut: true, reorder: 1 }, null, { ...SOUND_LINK, reorder: 1 }]);
  });

  it("clears links, and tells of those that were faulty as one", () => {
    const { control, told, faults } = bench();
    control.apply({ kind: "cut", towards: [0, 3] });
    control.apply({ kind: "clear", towards: [0, 2, 3] });
    expect(faults()).to.deep.equal([null, null, null]);
    expect(told.at(-1)).to.deep.equal([[0, 3], null]);
    control.apply({ kind: "clear", towards: [0, 2, 3] });
    expect(told).to.have.length(2);
  });

  it("shows what really happened, also when the fault has gone", () => {
    const { control } = bench();
    control.apply({ kind: "cut", towards: [2] });
    control.filter(replicaPrincipal(replicaId(2)), new Uint8Array(1), () => expect.fail("it got through"));
    control.apply({ kind: "clear", towards: [2] });
    const [link] = control.describe([{ replica: 2, connected: true, queuedBytes: 7 }]);
    expect(link).to.deep.include({ replica: 2, connected: true, queuedBytes: 7, fault: null });
    expect(link?.faultCounts).to.deep.include({ cut: 1, dropped: 0 });
  });

  for (const [title, change, says] of [
    ["a link to itself", { kind: "cut", towards: [0, 1] }, "replica 1 has no link to a replica 1"],
    ["a replica that does not exist", { kind: "clear", towards: [4] }, "replica 1 has no link to a replica 4"],
    [
      "a value out of its range",
      { kind: "impair", towards: [0], impairment: { ...IMPAIRED, drop: 2 } },
      "drop is a share from 0 to 1, not 2",
    ],
  ] as const) {
    it(`refuses ${title}, and changes nothing`, () => {
      const { control, told, faults } = bench();
      expect(() => control.apply(change)).to.throw(RangeError, says);
      expect(faults()).to.deep.equal([null, null, null]);
      expect(told).to.deep.equal([]);
    });
  }
});
