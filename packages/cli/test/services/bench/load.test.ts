import { expect } from "chai";
import { type Answered, closedLoop, type LoadOptions, openLoop, type Submitter } from "../../../src/services/bench/load.js";

const REQUEST = { operations: ["add 1", "add 1"], readOnly: false };

/** Time that goes on only when somebody sleeps; what is due meanwhile happens in order. */
class VirtualTime {
  now = 0;
  readonly #due: { readonly at: number; readonly act: () => void }[] = [];

  after(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#due.push({ at: this.now + ms, act: resolve }));
  }

  /** Runs until `work` has ended. */
  async run<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    void work.then(() => {
      ended = true;
    });
    while (!ended) {
      // Everything that follows from the last act happens first.
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      const next = this.#due.sort((a, b) => a.at - b.at).shift();
      if (next === undefined) break;
      this.now = Math.max(this.now, next.at);
      next.act();
    }
    return work;
  }
}

interface Bench {
  readonly time: VirtualTime;
  readonly answers: Answered[];
  readonly options: (submitters: readonly Submitter[], untilMs: number) => LoadOptions;
}

function bench(): Bench {
  const time = new VirtualTime();
  const answers: Answered[] = [];
  const options = (submitters: readonly Submitter[], untilMs: number): LoadOptions => ({
    submitters,
    next: () => REQUEST,
    onAnswered: (answered) => void answers.push(answered),
    ended: () => time.now >= untilMs,
    now: () => time.now,
  });
  return { time, answers, options };
}

const ok = { results: [{ ok: true, value: null }] };

/** Answers each request after so many milliseconds. */
function answersAfter(time: VirtualTime, ms: number): Submitter {
  return { submit: () => time.after(ms).then(() => ok) };
}

describe("services/bench/load", () => {
  describe("closed loop", () => {
    it("each client has one request under way", async () => {
      const { time, answers, options } = bench();
      const submitters = [answersAfter(time, 10), answersAfter(time, 20)];
      await time.run(closedLoop(options(submitters, 100)));
      expect(answers).to.have.lengthOf(10 + 5);
      expect(answers.every(({ at, intendedAt }) => at - intendedAt === 10 || at - intendedAt === 20)).to.equal(true);
    });

    it("what is refused is counted, and what is not answered is told as such", async () => {
      const { time, answers, options } = bench();
      const outcomes = [
        Promise.resolve({ results: [{ ok: false, value: "no" }, ...ok.results] }),
        Promise.reject(new Error("no quorum")),
      ];
      const submitter: Submitter = {
        submit: async () => {
          await time.after(10);
          return outcomes.shift() ?? ok;
        },
      };
      await time.run(closedLoop(options([submitter], 30)));
      expect(answers.map(({ refused }) => refused)).to.deep.equal([1, null, 0]);
    });
  });

  describe("open loop", () => {
    it("requests are sent at their time, whether or not earlier ones are answered", async () => {
      const { time, answers, options } = bench();
      const submitters = Array.from({ length: 10 }, () => answersAfter(time, 50));
      const never = await time.run(openLoop(options(submitters, 100), 100, (ms) => time.after(ms)));
      expect(never).to.equal(0);
      expect(answers.map(({ intendedAt }) => intendedAt)).to.deep.equal([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
      expect(answers.every(({ at, intendedAt }) => at - intendedAt === 50)).to.equal(true);
    });

    it("a stall is in the latency of every request that was due in it, not only of the one that was under way", async () => {
      const { time, answers, options } = bench();
      let first = true;
      const stalls: Submitter = {
        submit: () => {
          const ms = first ? 100 : 1;
          first = false;
          return time.after(ms).then(() => ok);
        },
      };
      await time.run(openLoop(options([stalls], 150), 100, (ms) => time.after(ms)));
      const latencies = answers.map(({ at, intendedAt }) => Math.round(at - intendedAt));
      expect(latencies.slice(0, 5)).to.deep.equal([100, 91, 82, 73, 64]);
    });

    it("what nobody was free to send is told", async () => {
      const { time, options } = bench();
      const never = await time.run(openLoop(options([answersAfter(time, 1_000)], 100), 100, (ms) => time.after(ms)));
      expect(never).to.equal(9);
    });
  });
});
