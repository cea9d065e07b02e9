import { expect } from "chai";
import { NamedTimers } from "../src/named-timers.js";
import { ManualClock } from "./support/manual-clock.js";

/** Timers whose firings are noted with the time. */
function bench(): { clock: ManualClock; timers: NamedTimers; fired: string[] } {
  const clock = new ManualClock();
  const fired: string[] = [];
  return { clock, fired, timers: new NamedTimers(clock, (timer) => fired.push(`${timer} at ${clock.now()}`)) };
}

describe("named timers", () => {
  it("fire once, when they are due", () => {
    const { clock, timers, fired } = bench();
    timers.start("a", 10);
    timers.start("b", 20);
    clock.advance(100);
    expect(fired).to.deep.equal(["a at 10", "b at 20"]);
  });

  it("start anew, and are called off", () => {
    const { clock, timers, fired } = bench();
    timers.start("a", 10);
    clock.advance(5);
    timers.start("a", 10);
    timers.start("b", 1);
    timers.cancel("b");
    timers.start("c", 1);
    timers.cancelAll();
    timers.start("a", 10);
    clock.advance(100);
    expect(fired).to.deep.equal(["a at 15"]);
    expect(clock.running).to.equal(0);
  });

  it("tell which of them run and when they are due, in order of name", () => {
    const { clock, timers } = bench();
    timers.start("b", 20);
    timers.start("a", 10);
    timers.start("c", 30);
    timers.cancel("c");
    clock.advance(4);
    expect(timers.running()).to.deep.equal([
      { timer: "a", dueInMs: 6 },
      { timer: "b", dueInMs: 16 },
    ]);
    clock.advance(6);
    expect(timers.running()).to.deep.equal([{ timer: "b", dueInMs: 10 }]);
    clock.standStill(100);
    expect(timers.running(), "overdue").to.deep.equal([{ timer: "b", dueInMs: 0 }]);
  });

  describe("after the process stood still", () => {
    it("give what waits in the sockets its turn before they fire", () => {
      const { clock, timers, fired } = bench();
      timers.start("view-change", 1_000);
      clock.standStill(5_000);
      clock.advance(0);
      expect(fired).to.deep.equal([]);
      clock.advance(100);
      expect(fired).to.deep.equal(["view-change at 5100"]);
    });

    it("do not fire when what was read meanwhile called them off or started them anew", () => {
      const { clock, timers, fired } = bench();
      timers.start("a", 1_000);
      timers.start("b", 1_000);
      clock.standStill(5_000);
      clock.advance(0);
      timers.cancel("a");
      timers.start("b", 1_000);
      clock.advance(999);
      expect(fired).to.deep.equal([]);
      clock.advance(1);
      expect(fired).to.deep.equal(["b at 6000"]);
    });

    it("wait once, not for ever: late again, they fire", () => {
      const { clock, timers, fired } = bench();
      timers.start("a", 1_000);
      clock.standStill(5_000);
      clock.advance(0);
      clock.standStill(5_000);
      clock.advance(0);
      expect(fired).to.deep.equal(["a at 10000"]);
    });

    for (const [delayMs, lateMs, waits] of [
      [10, 100, false],
      [10, 101, true],
      [1_000, 500, false],
      [1_000, 501, true],
    ] as const) {
      it(`${waits ? "wait" : "fire"} when a timer of ${delayMs} ms is ${lateMs} ms late`, () => {
        const { clock, timers, fired } = bench();
        timers.start("a", delayMs);
        clock.standStill(delayMs + lateMs);
        clock.advance(0);
        expect(fired).to.have.length(waits ? 0 : 1);
      });
    }
  });
});
