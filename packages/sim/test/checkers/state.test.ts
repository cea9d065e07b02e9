import type { Happening } from "@bft/core";
import { expect } from "chai";
import { boundsOf } from "../../src/checkers/bounded-memory.js";
import {
  accepts,
  asksForView,
  attests,
  changesView,
  claim,
  crashes,
  entersView,
  executes,
  FACTS,
  installs,
  invokes,
  keeps,
  lies,
  PARTIAL,
  request,
  starts,
  status,
  takesForStable,
  told,
} from "./support/trace.js";

const lost = (replica: number): Happening => ({ kind: "disk-lost", replica });

describe("checker: monotone", () => {
  it("holds while view, h and last executed grow, across restarts", () => {
    const story = [starts(0), executes(0, 1, "A"), executes(0, 2, "B"), takesForStable(0, 2, "S"), entersView(0, 1), status(0)];
    const up = starts(0, { view: 1, lastExecuted: 2, lowWaterMark: 2 });
    expect(told(PARTIAL, ...story, crashes(0), up, executes(0, 3, "C"), entersView(0, 2))).to.equal("holds");
  });

  it("finds a restart that has forgotten what left its traces", () => {
    const executed = [starts(0), executes(0, 1, "A"), executes(0, 2, "B"), status(0), crashes(0)];
    expect(told(PARTIAL, ...executed, starts(0, { lastExecuted: 1 }))).to.equal(
      "monotone: replica 0 went back from last executed 2 to 1.",
    );
    expect(
      told(PARTIAL, takesForStable(0, 4, "S"), status(0), crashes(0), starts(0, { lowWaterMark: 2, lastExecuted: 9 })),
    ).to.equal("monotone: replica 0 went back from h = 4 to 2.");
    expect(told(PARTIAL, entersView(0, 3), status(0), crashes(0), starts(0, { view: 2 }))).to.equal(
      "monotone: replica 0 went back from view 3 to 2.",
    );
  });

  it("forgives what nobody can have seen", () => {
    const story = [starts(0), executes(0, 1, "A"), takesForStable(0, 2, "S"), entersView(0, 3), crashes(0), starts(0)];
    expect(told(PARTIAL, ...story, status(0))).to.equal("holds");
  });

  it("holds a replica to its view-change, even if it died before it told more", () => {
    expect(told(PARTIAL, changesView(0, claim(3)), crashes(0), starts(0, { view: 2 }))).to.contain("went back from view 3 to 2");
  });

  it("finds a view, a checkpoint or a state that goes back without a restart", () => {
    expect(told(PARTIAL, asksForView(0, 3), entersView(0, 2))).to.contain("went back from view 3 to 2");
    expect(told(PARTIAL, takesForStable(0, 4, "S4"), takesForStable(0, 2, "S2"))).to.contain("went back from h = 4 to 2");
    expect(told(PARTIAL, executes(0, 5, "E"), installs(0, 4, "S4"))).to.contain("went back from last executed 5 to 4");
  });

  it("lets who lost its records begin anew", () => {
    const story = [starts(0), executes(0, 1, "A"), entersView(0, 3), status(0), crashes(0)];
    expect(told(PARTIAL, ...story, lost(0), starts(0))).to.equal("holds");
    expect(told(PARTIAL, ...story, starts(0, { abstaining: true }))).to.equal("holds");
  });
});

describe("checker: checkpoint-equality", () => {
  it("holds when all that is said of a state is the same (§4.3)", () => {
    const story = [attests(0, 2, "S"), attests(1, 2, "S"), attests(2, 4, "S4"), takesForStable(0, 2, "S"), installs(3, 2, "S")];
    expect(told(PARTIAL, ...story)).to.equal("holds");
    expect(told({ ...PARTIAL, liars: [1] }, attests(0, 2, "S"), attests(1, 2, "X"))).to.equal("holds");
  });

  for (const [verb, event] of [
    ["signed", attests(1, 2, "X")],
    ["took for stable", takesForStable(1, 2, "X")],
    ["installed", installs(1, 2, "X")],
  ] as const) {
    it(`finds a replica that ${verb} another state`, () => {
      expect(told(PARTIAL, attests(0, 2, "S"), event)).to.equal(
        `checkpoint-equality: replica 1 ${verb} the state X at sequence number 2, where replica 0 has S.`,
      );
    });
  }

  it("finds a replica that contradicts itself, also after it lost its disk", () => {
    expect(told(PARTIAL, attests(0, 2, "S"), crashes(0), lost(0), starts(0, { abstaining: true }), attests(0, 2, "X"))).to.equal(
      "checkpoint-equality: replica 0 signed the state X at sequence number 2, where it had told before of S.",
    );
  });
});

describe("checker: bounded-memory", () => {
  const bounds = boundsOf(FACTS);

  it("knows the bounds of K = 2, n = 4, two clients with a window of 4", () => {
    const expected = { slots: 4, votes: 32, requests: 32, batches: 32, viewChanges: 4, checkpointVotes: 8, snapshots: 7 };
    expect(bounds).to.deep.equal(expected);
  });

  it("holds at the bounds", () => {
    expect(told(PARTIAL, keeps(0, bounds))).to.equal("holds");
  });

  for (const kept of Object.keys(bounds) as (keyof typeof bounds)[]) {
    it(`finds too many ${kept}`, () => {
      expect(told(PARTIAL, keeps(2, { [kept]: bounds[kept] + 1 }))).to.match(
        new RegExp(`^bounded-memory: replica 2 keeps ${bounds[kept] + 1} [a-z -]+, where ${bounds[kept]} is the most\\.$`),
      );
    });
  }

  it("does not judge liars", () => {
    expect(told({ ...PARTIAL, liars: [2] }, keeps(2, { slots: 1_000 }))).to.equal("holds");
  });
});

describe("checker: liveness", () => {
  const healed = { kind: "healed", core: [0, 1, 2], withinMs: 500 } as const;
  const up = [0, 1, 2, 3].map((id) => starts(id));
  const all = [0, 1, 2].map((id) => [executes(id, 1, "A", { requests: [request(0, 1)] }), status(id)]);
  const answer = [invokes(0, 1), accepts(0, 1, 1, [{ ok: true, value: "done" }])];

  it("holds when the core finishes everything, without those outside it", () => {
    expect(told(PARTIAL, up, crashes(3), healed, answer, all)).to.equal("holds");
  });

  it("holds without a heal, as in a live cluster", () => {
    expect(told(PARTIAL, up, invokes(0, 1))).to.equal("holds");
  });

  it("names the request that has waited longest, and where the core stands", () => {
    const story = [up, invokes(1, 4), invokes(0, 1), healed, executes(1, 1, "A"), asksForView(1, 2), crashes(2)];
    expect(told(PARTIAL, ...story)).to.equal(
      'liveness: request 1/4 ["set x 4"], asked for at 4 ms, is not answered 500 ms after the network healed. The core: ' +
        "replica 0 has executed 0 in view 0; replica 1 has executed 1 in view 2; replica 2 is down.",
    );
  });

  it("follows a read that fell back, and leaves out who lies", () => {
    const fellBack = { kind: "fell-back", client: 0, from: 1, timestamp: 2 } as const;
    const read = [invokes(0, 1, ["get x"], true), fellBack];
    expect(told(PARTIAL, up, healed, read)).to.contain('request 0/2 ["get x"]');
    expect(told(PARTIAL, up, healed, read, accepts(0, 2, 1))).to.equal("holds");
    expect(told(PARTIAL, up, healed, read, { kind: "client-behaves", client: 0, behaviour: "backwards" })).to.equal("holds");
    const four = { kind: "healed", core: [0, 1, 2, 3], withinMs: 500 } as const;
    expect(told({ ...PARTIAL, liars: [3] }, up, four, answer, all)).to.equal("holds");
  });

  it("promises nothing when the core is no quorum", () => {
    expect(told({ ...PARTIAL, liars: [1, 2] }, up, invokes(0, 1), healed)).to.equal("holds");
  });

  it("finds a core replica that is behind, down or still abstains", () => {
    expect(told(PARTIAL, up, healed, answer, all.slice(0, 2))).to.equal(
      "liveness: replica 2 has not executed sequence number 1 500 ms after the network healed. The core: replica 0 has executed 1 " +
        "in view 0; replica 1 has executed 1 in view 0; replica 2 has executed 0 in view 0.",
    );
    expect(told(PARTIAL, up, healed, answer, all, crashes(1))).to.contain("liveness: replica 1 of the core is down.");
    const abstaining = [up, { kind: "abstaining", replica: 1, until: 8 } as const, healed, answer, all];
    expect(told(PARTIAL, ...abstaining)).to.contain("liveness: replica 1 still abstains from voting 500 ms after");
    expect(told(PARTIAL, ...abstaining, { kind: "votes-again", replica: 1, seq: 8 })).to.equal("holds");
    expect(told(PARTIAL, up, healed, answer, all.slice(0, 2), installs(2, 1, "S"))).to.equal("holds");
  });
});

describe("checker: needless-view-change", () => {
  const CALM = { ...PARTIAL, calm: true };

  it("finds a view change when nothing is wrong", () => {
    expect(told(CALM, asksForView(2, 1))).to.equal(
      "needless-view-change: replica 2 asked for view 1 though nothing was wrong: request 0/1 was not executed within 1000 ms.",
    );
  });

  it("holds when something may be wrong", () => {
    expect(told(PARTIAL, asksForView(2, 1))).to.equal("holds");
    expect(told(CALM, crashes(0), asksForView(2, 1))).to.equal("holds");
    expect(told({ ...CALM, liars: [2] }, asksForView(2, 1))).to.equal("holds");
  });
});

describe("checker: broke", () => {
  it("finds whatever throws, in a liar too", () => {
    const error = "InvariantError: h is the last stable checkpoint";
    expect(told(PARTIAL, { kind: "broke", replica: 2, error })).to.equal(
      `broke: replica 2 was stopped by a bug of ours: ${error}`,
    );
    expect(told(PARTIAL, lies(2), { kind: "broke", replica: 2, error })).to.equal(
      `broke: the liar 2 was stopped by a bug of ours: ${error}`,
    );
  });
});
