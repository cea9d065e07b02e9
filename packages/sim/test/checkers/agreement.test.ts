import { expect } from "chai";
import {
  committed,
  crashes,
  executes,
  FACTS,
  lies,
  ok,
  PARTIAL,
  replies,
  request,
  type Story,
  starts,
  status,
  told,
  verdict,
  votes,
} from "./support/trace.js";

/** Two liars let replica 2 commit A and replica 3 commit B (n = 4, f = 1). */
const SPLIT: Story = [
  ...["A", "B"].map((digest, index) => [
    votes("pre-prepare", 0, 1, digest, { to: [1, 2 + index] }),
    votes("prepare", 2 + index, 1, digest),
    votes("prepare", 1, 1, digest, { to: [0, 2 + index] }),
    votes("commit", 2 + index, 1, digest),
    votes("commit", 0, 1, digest, { to: [2 + index] }),
    votes("commit", 1, 1, digest, { to: [2 + index] }),
  ]),
  executes(2, 1, "A"),
  executes(3, 1, "B"),
];

describe("checker: agreement", () => {
  it("holds when all execute the same (§4.2)", () => {
    const requests = [request(0, 1)];
    const story = [committed(1, "A"), [0, 1, 2, 3].map((id) => executes(id, 1, "A", { requests }))];
    expect(told(PARTIAL, ...story)).to.equal("holds");
  });

  it("names the quorums that met only in liars, when more than f lie", () => {
    expect(told({ ...FACTS, liars: [0, 1] }, ...SPLIT)).to.equal(
      "agreement: replica 3 executed B (view 0) at sequence number 1, where replica 2 had executed A (view 0). " +
        "The quorums {0,1,2} and {0,1,3} meet only in the liars 0 and 1: 2 lie where f = 1.",
    );
    expect(verdict({ ...FACTS, liars: [0, 1] }, SPLIT)).to.include({ seq: 1, at: 13 });
  });

  it("takes each replica's quorum from what was sent to it, and else from all who signed", () => {
    const story = [
      [0, 1, 2].map((id) => votes("commit", id, 1, "A")),
      votes("commit", 3, 1, "A", { to: [1] }),
      [1, 2, 3].map((id) => votes("commit", id, 1, "B", { view: 1, to: [0] })),
      executes(0, 1, "A"),
      executes(3, 1, "B", { view: 1 }),
    ];
    expect(verdict({ ...PARTIAL, liars: [1, 2] }, story)?.what).to.contain(
      "The quorums {0,1,2} and {1,2,3} (commits of views 0 and 1) meet only in the liars 1 and 2: 2 lie where f = 1.",
    );
  });

  it("names a correct replica in both quorums: it broke its word", () => {
    const story = [
      [0, 1, 2].map((id) => votes("commit", id, 1, "A")),
      [1, 2, 3].map((id) => votes("commit", id, 1, "B", { view: 1 })),
      [executes(0, 1, "A"), executes(1, 1, "B", { view: 1 })],
    ];
    expect(told({ ...PARTIAL, liars: [2, 3] }, ...story)).to.contain(
      "meet in the correct replica 1 and in the liar 2: 2 lie where f = 1.",
    );
  });

  it("compares the requests of a batch and what each came to", () => {
    const first = executes(0, 1, "A", { requests: [request(0, 1), request(1, 1)] });
    const wrong = executes(1, 1, "A", { requests: [request(0, 1), request(1, 1, { results: [ok("other")] })] });
    expect(told(PARTIAL, first, wrong)).to.equal(
      'agreement: replica 1 executed of A at sequence number 1 request 1/1 ["set x 1"] to ["other"], ' +
        'where replica 0 had executed request 1/1 ["set x 1"] to ["done"].',
    );
    const less = executes(1, 1, "A", { requests: [request(0, 1)] });
    expect(told(PARTIAL, first, less)).to.contain("replica 1 executed of A at sequence number 1 one request less");
    expect(told(PARTIAL, first, executes(1, 1, "A", { requests: [request(0, 1), request(1, 1)] }))).to.equal("holds");
  });

  it("does not judge a replica that ever lied", () => {
    const story = [executes(0, 1, "A"), status(0), lies(1), executes(1, 1, "B"), status(1)];
    expect(told(PARTIAL, ...story)).to.equal("holds");
    expect(told(PARTIAL, ...story, { kind: "behaves", replica: 1, behaviour: null }, executes(1, 2, "B"))).to.equal("holds");
  });

  describe("what was not durable did not happen", () => {
    const before = [executes(0, 1, "A")];
    const after = [starts(0), executes(0, 1, "B"), status(0)];
    const B = [executes(1, 1, "B"), status(1)];

    it("is forgotten when the replica dies before a message left", () => {
      expect(told(PARTIAL, before, crashes(0), after, B)).to.equal("holds");
      expect(told(PARTIAL, before, after, B)).to.equal("holds");
    });

    it("counts once a message has left after it", () => {
      expect(told(PARTIAL, before, status(0), B)).to.contain("agreement: replica 1 executed B");
    });

    it("counts when its reply left before it was told", () => {
      expect(told(PARTIAL, replies(0, 0, 1, 1), before, crashes(0), B)).to.contain("agreement: replica 1 executed B");
    });

    it("counts at the end of the trace when the replica lives", () => {
      expect(told(PARTIAL, before, B)).to.contain("agreement: replica 0 executed A");
    });
  });
});
