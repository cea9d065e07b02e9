import { LINK_DELAY_MS_MAX, type LinkFault, LinkFaults, type LinkFaultsOptions, SOUND_LINK } from "@bft/net";
import { expect } from "chai";
import { client, replica } from "./support/cluster.js";
import { ManualClock } from "./support/manual-clock.js";

const QUIET = { cut: 0, dropped: 0, delayed: 0, duplicated: 0, reordered: 0, overflowed: 0 };

/** Link faults on the way to replica 1, a clock moved by hand, and dice that fall as the test says: 0.5 unless told. */
class Bench {
  readonly clock = new ManualClock();
  /** The numbers of the frames that got through, and to whom. */
  readonly arrived: number[] = [];
  readonly dice: number[] = [];
  readonly faults: LinkFaults;
  readonly #to = replica(1);
  #sent = 0;

  constructor(options: Pick<LinkFaultsOptions, "limits"> = {}) {
    this.faults = new LinkFaults({ clock: this.clock, random: () => this.dice.shift() ?? 0.5, ...options });
  }

  set(fault: Partial<LinkFault> | null): void {
    this.faults.set(this.#to.id, fault === null ? null : { ...SOUND_LINK, ...fault });
  }

  /** Sends the next frames: 1, 2, 3, … */
  send(count = 1, bytes = 1): void {
    for (let i = 0; i < count; i++) {
      this.#sent++;
      const frame = new Uint8Array(bytes).fill(this.#sent);
      this.faults.filter(this.#to, frame, (delivered) => this.arrived.push(delivered[0] ?? -1));
    }
  }

  get counts() {
    return this.faults.countsOf(this.#to.id);
  }
}

describe("link faults", () => {
  it("none: everything passes at once and is not counted", () => {
    const bench = new Bench();
    bench.send(3);
    expect(bench.arrived).to.deep.equal([1, 2, 3]);
    expect(bench.counts).to.deep.equal(QUIET);
    expect(bench.faults.faultOf(replica(1).id)).to.equal(null);
  });

  it("cut: nothing gets through, until the link is sound again", () => {
    const bench = new Bench();
    bench.set({ cut: true });
    bench.send(3);
    expect(bench.arrived).to.deep.equal([]);
    expect(bench.counts).to.deep.equal({ ...QUIET, cut: 3 });
    bench.set(null);
    bench.send();
    expect(bench.arrived).to.deep.equal([4]);
    expect(bench.counts, "what happened stays counted").to.deep.equal({ ...QUIET, cut: 3 });
  });

  it("cut: the links to other replicas and to clients carry on", () => {
    const bench = new Bench();
    bench.set({ cut: true });
    for (const to of [replica(0), replica(2), client(1)])
      bench.faults.filter(to, Uint8Array.of(to.id), (frame) => bench.arrived.push(frame[0] ?? -1));
    expect(bench.arrived).to.deep.equal([0, 2, 1]);
  });

  it("drop: the share of the frames for which chance says so", () => {
    const bench = new Bench();
    bench.set({ drop: 0.25 });
    bench.dice.push(0.24, 0.25, 0, 0.99);
    bench.send(4);
    expect(bench.arrived).to.deep.equal([2, 4]);
    expect(bench.counts).to.deep.equal({ ...QUIET, dropped: 2 });
  });

  it("drop: 1 loses every frame, 0 none", () => {
    const bench = new Bench();
    bench.set({ drop: 1, delayMs: 1 });
    bench.dice.push(0.999_999);
    bench.send();
    bench.set({ drop: 0, delayMs: 1 });
    bench.dice.push(0);
    bench.send();
    bench.clock.advance(1);
    expect(bench.arrived).to.deep.equal([2]);
  });

  it("duplicate: the frame arrives twice", () => {
    const bench = new Bench();
    bench.set({ duplicate: 0.5 });
    bench.dice.push(0.49, 0.5);
    bench.send(2);
    expect(bench.arrived).to.deep.equal([1, 1, 2]);
    expect(bench.counts).to.deep.equal({ ...QUIET, duplicated: 1 });
  });

  it("delay: each frame is late by just so much", () => {
    const bench = new Bench();
    bench.set({ delayMs: 50 });
    bench.send();
    bench.clock.advance(30);
    bench.send();
    bench.clock.advance(19);
    expect(bench.arrived).to.deep.equal([]);
    expect(bench.counts, "late only once it has come").to.deep.equal(QUIET);
    bench.clock.advance(1);
    expect(bench.arrived).to.deep.equal([1]);
    bench.clock.advance(30);
    expect(bench.arrived).to.deep.equal([1, 2]);
    expect(bench.counts).to.deep.equal({ ...QUIET, delayed: 2 });
  });

  it("jitter: up to so much more, and the order is kept", () => {
    const bench = new Bench();
    bench.set({ delayMs: 50, jitterMs: 20 });
    bench.dice.push(0.9, 0, 0.5);
    bench.send();
    bench.clock.advance(1);
    bench.send();
    bench.clock.advance(57);
    expect(bench.arrived, "the second one would be here alone").to.deep.equal([]);
    bench.clock.advance(10);
    expect(bench.arrived).to.deep.equal([1, 2]);
    bench.send();
    bench.clock.advance(59);
    expect(bench.arrived).to.deep.equal([1, 2]);
    bench.clock.advance(1);
    expect(bench.arrived).to.deep.equal([1, 2, 3]);
    expect(bench.counts).to.deep.equal({ ...QUIET, delayed: 3 });
  });

  it("reorder: a frame is held back and later ones overtake it", () => {
    const bench = new Bench();
    bench.set({ reorder: 0.5 });
    // held back, for half of 50 ms; not held back; held back, with nobody to overtake it
    bench.dice.push(0.4, 0.5, 0.6, 0.4, 0.9);
    bench.send(2);
    expect(bench.arrived).to.deep.equal([2]);
    bench.clock.advance(25);
    expect(bench.arrived).to.deep.equal([2, 1]);
    expect(bench.counts).to.deep.equal({ ...QUIET, reordered: 1 });
    bench.send();
    bench.clock.advance(50);
    expect(bench.arrived).to.deep.equal([2, 1, 3]);
    expect(bench.counts, "it was late, but not overtaken").to.deep.equal({ ...QUIET, reordered: 1 });
  });

  it("reorder with a delay: later ones overtake while all are held back", () => {
    const bench = new Bench();
    bench.set({ delayMs: 10, reorder: 0.5 });
    bench.dice.push(0.4, 0.5, 0.6);
    bench.send(2);
    bench.clock.advance(10);
    expect(bench.arrived).to.deep.equal([2]);
    bench.clock.advance(25);
    expect(bench.arrived).to.deep.equal([2, 1]);
    expect(bench.counts).to.deep.equal({ ...QUIET, delayed: 2, reordered: 1 });
  });

  it("a shorter delay does not let later frames overtake earlier ones", () => {
    const bench = new Bench();
    bench.set({ delayMs: 100 });
    bench.send();
    bench.clock.advance(10);
    bench.set({ delayMs: 1 });
    bench.send();
    bench.clock.advance(89);
    expect(bench.arrived).to.deep.equal([]);
    bench.clock.advance(1);
    expect(bench.arrived).to.deep.equal([1, 2]);
  });

  it("a timer that is late does not let frames overtake each other", () => {
    const bench = new Bench();
    bench.set({ delayMs: 10 });
    bench.send();
    bench.clock.standStill(20);
    bench.set({ drop: 0.1 });
    bench.send();
    expect(bench.arrived).to.deep.equal([]);
    bench.clock.advance(0);
    expect(bench.arrived).to.deep.equal([1, 2]);
  });

  it("healed: what is held back leaves at once, in order, and nothing is left to do", () => {
    const bench = new Bench();
    bench.set({ delayMs: 1_000 });
    bench.send(3);
    bench.set(null);
    expect(bench.arrived).to.deep.equal([1, 2, 3]);
    expect(bench.clock.running).to.equal(0);
    bench.set({ delayMs: 10 });
    bench.send();
    bench.clock.advance(10);
    expect(bench.arrived, "the old times are forgotten").to.deep.equal([1, 2, 3, 4]);
  });

  it("a fault that does nothing is none", () => {
    const bench = new Bench();
    bench.set({ delayMs: 1_000 });
    bench.send();
    bench.set({});
    expect(bench.arrived).to.deep.equal([1]);
    expect(bench.faults.faultOf(replica(1).id)).to.equal(null);
  });

  it("cut while frames are held back: they are lost with it", () => {
    const bench = new Bench();
    bench.set({ delayMs: 1_000 });
    bench.send(3);
    bench.set({ delayMs: 1_000, cut: true });
    bench.clock.advance(2_000);
    expect(bench.arrived).to.deep.equal([]);
    expect(bench.counts).to.deep.equal({ ...QUIET, cut: 3 });
    expect(bench.faults.faultOf(replica(1).id)).to.deep.equal({ ...SOUND_LINK, delayMs: 1_000, cut: true });
  });

  it("closed: nothing leaves any more, and no timer runs", () => {
    const bench = new Bench();
    bench.set({ delayMs: 10 });
    bench.send();
    bench.faults.close();
    bench.send();
    bench.clock.advance(1_000);
    expect(bench.arrived).to.deep.equal([]);
    expect(bench.clock.running).to.equal(0);
  });

  it("holds back a bounded number of frames: those over it are lost and counted", () => {
    const bench = new Bench({ limits: { framesMax: 2, bytesMax: 1_000 } });
    bench.set({ delayMs: 10 });
    bench.send(3);
    bench.clock.advance(10);
    bench.send();
    bench.clock.advance(10);
    expect(bench.arrived).to.deep.equal([1, 2, 4]);
    expect(bench.counts).to.deep.equal({ ...QUIET, delayed: 3, overflowed: 1 });
  });

  it("holds back a bounded number of bytes", () => {
    const bench = new Bench({ limits: { framesMax: 100, bytesMax: 1_000 } });
    bench.set({ delayMs: 10 });
    bench.send(2, 600);
    bench.send(1, 400);
    bench.clock.advance(10);
    bench.send(1, 1_000);
    bench.clock.advance(10);
    expect(bench.arrived).to.deep.equal([1, 3, 4]);
    expect(bench.counts.overflowed).to.equal(1);
  });

  for (const [fault, says] of [
    [{ delayMs: -1 }, `delayMs is a number from 0 to ${LINK_DELAY_MS_MAX}, not -1`],
    [{ delayMs: LINK_DELAY_MS_MAX + 1 }, `delayMs is a number from 0 to ${LINK_DELAY_MS_MAX}, not ${LINK_DELAY_MS_MAX + 1}`],
    [{ jitterMs: Number.NaN }, `jitterMs is a number from 0 to ${LINK_DELAY_MS_MAX}, not NaN`],
    [{ drop: 1.01 }, "drop is a share from 0 to 1, not 1.01"],
    [{ duplicate: -0.1 }, "duplicate is a share from 0 to 1, not -0.1"],
    [{ reorder: Number.POSITIVE_INFINITY }, "reorder is a share from 0 to 1, not Infinity"],
  ] as const) {
    it(`refuses ${JSON.stringify(Object.keys(fault))}: ${says}`, () => {
      const bench = new Bench();
      expect(() => bench.set(fault)).to.throw(RangeError, says);
      bench.send();
      expect(bench.arrived).to.deep.equal([1]);
    });
  }
});
