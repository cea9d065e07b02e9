import { expect } from "chai";
import { livenessLine, livenessOf, stateLine } from "../../src/services/check-live.js";
import { allUp, isDown, ofLeaders, said, seen, status } from "../support/fixtures.js";

type Machine = Parameters<typeof status>[2] extends { machine?: infer M } | undefined ? M : never;

/** Four replicas of which each says that of itself. */
function all(of: (id: number) => NonNullable<Machine>) {
  return seen(allUp(1, (id, n) => status(id, n, { machine: of(id) })));
}

const idle = seen(allUp());
const CUT = { cut: true, delayMs: 0, jitterMs: 0, drop: 0, duplicate: 0, reorder: 0 };

describe("services/check-live", () => {
  it("holds: a quorum is in one view, and nothing waits", () => {
    expect(livenessOf(idle, idle)).to.deep.equal({
      kind: "holds",
      looked: "4 of 4 replicas take part, 4 in view 0, nothing is stuck",
    });
    expect(livenessOf(idle, seen([...allUp(), isDown(0)])).kind, "one is down").to.equal("holds");
  });

  it("holds: what waits, waits because more and more is executed", () => {
    const before = all(() => ({ queued: 5, lastExecuted: 7 }));
    expect(
      livenessOf(
        before,
        all(() => ({ queued: 5, lastExecuted: 8 })),
      ).kind,
    ).to.equal("holds");
  });

  it("not yet: requests wait, and nothing is executed", () => {
    const before = all((id) => ({ queued: id === 2 ? 3 : 0, lastExecuted: 7 }));
    const state = livenessOf(before, before);
    expect(state).to.deep.include({ kind: "not-yet", replicas: [2] });
    expect(livenessLine(state, 10_000)).to.deep.include({
      verdict: "violated",
      why: "for 10 s requests wait at replica 2, and nothing is executed",
      replicas: [2],
    });
  });

  it("not yet: no quorum is in one view", () => {
    for (const now of [
      all((id) => ({ view: id < 2 ? 1 : 2 })),
      all((id) => ({ viewChange: id < 2 ? { view: 1, votes: [id] } : null })),
    ])
      expect(livenessLine(livenessOf(idle, now), 12_300)).to.deep.include({
        verdict: "violated",
        why: "for 12 s no 3 of replicas 0 to 3 are in one view",
      });
  });

  it("not yet: nobody leads where nothing goes without a leader", () => {
    const led = ofLeaders("raft", { view: 4 });
    expect(livenessOf(led, led).kind).to.equal("holds");
    const without = ofLeaders("raft", { view: 4, isPrimary: false, primary: null });
    expect(livenessOf(led, without)).to.deep.include({ kind: "not-yet", why: "nobody leads term 4", replicas: [0, 1, 2] });
  });

  it("unknown: fewer than a quorum take part, whether they are down or lie", () => {
    const lying = said(status(2, 4, { behaviour: "silent" }));
    for (const now of [seen([...allUp(), isDown(0), isDown(1)]), seen([...allUp(), isDown(0), lying])]) {
      const state = livenessOf(idle, now);
      expect(livenessLine(state, 0)).to.deep.include({ verdict: "unknown", looked: "2 of 4 replicas take part" });
    }
  });

  it("unknown: cut links leave no quorum in touch", () => {
    const apart = seen(
      allUp(1, (id, n) => {
        const { links, ...other } = status(id, n);
        return { ...other, links: links.map((link) => ({ ...link, fault: id < 2 === link.replica < 2 ? null : CUT })) };
      }),
    );
    expect(livenessOf(idle, apart)).to.deep.include({ kind: "unknown", why: "links are faulty; undo it with: bft heal" });
  });

  describe("state", () => {
    const state = (seq: number, stateDigest: string) => ({ checkpoint: { seq, stateDigest } });

    it("holds when replicas at the same checkpoint have the same digest", () => {
      const model = all((id) => (id === 3 ? state(128, "aa") : state(256, "bb")));
      expect(stateLine(model, [])).to.deep.include({ verdict: "holds", looked: "the last checkpoints of replicas 0 to 3" });
    });

    it("is violated when they have not, and names two of them", () => {
      const model = all((id) => state(256, id === 2 ? "aa" : "bb"));
      expect(stateLine(model, [])).to.deep.include({
        verdict: "violated",
        why: "replicas 0 and 2 have different states after sequence number 256",
        replicas: [0, 2],
        seq: 256,
      });
    });

    it("does not judge who ever lied", () => {
      expect(
        stateLine(
          all((id) => state(256, id === 2 ? "aa" : "bb")),
          [2],
        ).verdict,
      ).to.equal("holds");
    });

    it("is unknown when nobody can be compared", () => {
      expect(stateLine(seen([...allUp(), ...[1, 2, 3].map((id) => isDown(id))]), []).verdict).to.equal("unknown");
    });
  });
});
