import { expect } from "chai";
import { observe } from "../../src/watch/observe.js";
import { currentPrimary, verdictOf } from "../../src/watch/verdict.js";
import { allUp, isDown, isPaused, START_MS, said, seen, slot, status } from "../support/fixtures.js";

const lying = (id: number) => said(status(id, 4, { behaviour: "silent" }));

describe("watch/verdict", () => {
  const cases: readonly [
    name: string,
    actions: Parameters<typeof seen>[0],
    headline: string,
    why: string | null,
    serves: boolean,
  ][] = [
    ["all up", allUp(), "AGREES · 4/4 up", null, true],
    ["a backup down", [...allUp(), isDown(3)], "SERVES with 3 of 4", "replica 3 down", true],
    ["a backup lies", [...allUp(), lying(2)], "SERVES with 3 of 4", "replica 2 lying", true],
    ["the primary lies", [...allUp(), lying(0)], "SERVES with 3 of 4", "replica 0 lying", true],
    [
      "the primary down",
      [...allUp(), isDown(0)],
      "WAITS: primary 0 is down",
      "the next request makes the backups ask for a new view",
      true,
    ],
    [
      "the primary paused",
      [...allUp(), isPaused(0)],
      "WAITS: primary 0 is paused",
      "the next request makes the backups ask for a new view",
      true,
    ],
    ["two down", [...allUp(), isDown(2), isDown(3)], "STALLED: 2 of 4 up, quorum 3", "bring one back with: bft restart 2", false],
    ["two paused", [...allUp(), isPaused(2), isPaused(3)], "STALLED: 2 of 4 up, quorum 3", "wake one with: bft resume 2", false],
    [
      "one down, one lies",
      [...allUp(), isDown(3), lying(1)],
      "STALLED: 2 honest of 4, quorum 3",
      "bring one back with: bft restart 3",
      false,
    ],
    ["two lie", [...allUp(), lying(1), lying(2)], "BEYOND f: 2 of 4 lie", "with f = 1 only 1 liar can be survived", false],
    [
      "nobody answers",
      seen([]).replicas.map(({ id }) => isDown(id)),
      "STALLED: 0 of 4 up, quorum 3",
      "bring one back with: bft restart 0",
      false,
    ],
  ];
  for (const [name, actions, headline, why, serves] of cases) {
    it(`${name}: ${headline}`, () => {
      const verdict = verdictOf(seen(actions));
      expect(verdict).to.include({ headline, why, serves, of: 4, quorum: 3 });
    });
  }

  it("does not count on a replica that lost its memory of what it voted for", () => {
    const forgetful = said(status(3, 4, { machine: { abstaining: { until: 128 } } }));
    expect(verdictOf(seen([...allUp(), forgetful]))).to.include({
      kind: "serves",
      headline: "SERVES with 3 of 4",
      why: "replica 3 abstaining",
    });
    expect(verdictOf(seen([...allUp(), forgetful, isPaused(2)]))).to.include({ kind: "stalled", serves: false });
  });

  it("does not cry before the replicas had time to answer", () => {
    expect(verdictOf(seen([]))).to.include({ kind: "waits", serves: false, headline: "STARTS: 0 of 4 up" });
    expect(verdictOf(seen(allUp().slice(0, 5)))).to.include({ headline: "STARTS: 2 of 4 up" });
  });

  it("names the view change that is on", () => {
    const changing = allUp(1, (id, n) => status(id, n, { machine: { viewChange: { view: 1, votes: [1, 2] } } }));
    expect(verdictOf(seen(changing))).to.include({ kind: "waits", headline: "CHANGES to view 1", why: "2 of 3 ask for it" });
  });

  it("says when requests wait although a quorum is up", () => {
    const waiting = allUp(1, (id, n) => status(id, n, { machine: { queued: 2 } }));
    const later = { kind: "tick", atMs: START_MS + 4000 } as const;
    const model = observe(observe(seen(waiting), later), said(status(1, 4, { machine: { queued: 2 } }), START_MS + 4000));
    expect(verdictOf({ ...model, replicas: model.replicas.map((replica) => ({ ...replica, answers: true })) })).to.include({
      kind: "waits",
      headline: "WAITS for 4 s",
      why: "2 requests not executed",
    });
  });

  it("finds honest replicas that executed different batches", () => {
    const diverged = allUp(1, (id, n) => status(id, n, { machine: { slots: [slot(5, n, { digest: id < 2 ? "aa" : "bb" })] } }));
    expect(verdictOf(seen(diverged))).to.include({
      kind: "diverged",
      headline: "DIVERGED at 5",
      why: "replicas 0 and 2 executed different batches",
    });
  });

  it("finds honest replicas with different states at one checkpoint", () => {
    const diverged = allUp(1, (id, n) =>
      status(id, n, { machine: { checkpoint: { seq: 128, stateDigest: id === 3 ? "ee" : "dd" } } }),
    );
    expect(verdictOf(seen(diverged))).to.include({ kind: "diverged", headline: "DIVERGED at 128" });
  });

  it("does not believe a liar's batches", () => {
    const actions = allUp(1, (id, n) =>
      status(id, n, {
        behaviour: id === 1 ? "wrong-digest" : null,
        machine: { slots: [slot(5, n, { digest: id === 1 ? "aa" : "bb" })] },
      }),
    );
    expect(verdictOf(seen(actions)).kind).to.equal("serves");
  });

  it("takes the primary from the view of most honest replicas", () => {
    const actions = allUp(1, (id, n) => status(id, n, { machine: { view: id === 3 ? 0 : 1, primary: id === 3 ? 0 : 1 } }));
    expect(currentPrimary(seen(actions).replicas)?.id).to.equal(1);
  });
});
