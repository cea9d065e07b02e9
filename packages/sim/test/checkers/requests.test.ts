import { expect } from "chai";
import {
  accepts,
  crashes,
  executes,
  FACTS,
  installs,
  invokes,
  ok,
  PARTIAL,
  replies,
  request,
  starts,
  status,
  told,
} from "./support/trace.js";

const APPROXIMATE = { ...FACTS, exactOrder: false };
/** An execution that is durable: a message leaves after it. */
const execution = (replica: number, seq: number, ...requests: ReturnType<typeof request>[]) => [
  executes(replica, seq, `D${seq}`, { requests }),
  status(replica),
];

describe("checker: validity", () => {
  it("holds when a client's own operations are executed, also those of a read that fell back (§5.1.3)", () => {
    const fellBack = { kind: "fell-back", client: 0, from: 2, timestamp: 3 } as const;
    const read = request(0, 3, { operations: ["get x"] });
    const story = [
      invokes(0, 1),
      execution(0, 1, request(0, 1)),
      invokes(0, 2, ["get x"], true),
      fellBack,
      execution(0, 2, read),
    ];
    expect(told(APPROXIMATE, ...story)).to.equal("holds");
  });

  it("finds an operation that nobody asked for", () => {
    expect(told(FACTS, execution(2, 1, request(0, 7)))).to.equal(
      'validity: replica 2 executed request 0/7 ["set x 7"] at sequence number 1, which client 0 never asked for.',
    );
  });

  it("finds an altered operation", () => {
    expect(told(FACTS, invokes(0, 7, ["set x 1"]), execution(2, 1, request(0, 7)))).to.equal(
      'validity: replica 2 executed ["set x 7"] for request 0/7 at sequence number 1, where client 0 had asked for ["set x 1"].',
    );
  });

  it("waits for the client's word when the order is approximate", () => {
    const early = execution(2, 1, request(0, 7));
    expect(told(APPROXIMATE, early, invokes(0, 7))).to.equal("holds");
    expect(told(APPROXIMATE, early, invokes(0, 7, ["set x 1"]))).to.contain("where client 0 had asked for");
    expect(told(APPROXIMATE, early)).to.contain("which client 0 never asked for");
  });

  it("asks nothing of a client that lies, nor where the trace begins in its midst", () => {
    const liar = { kind: "client-behaves", client: 0, behaviour: "two-operations" } as const;
    expect(told(APPROXIMATE, liar, execution(0, 1, request(0, 7)))).to.equal("holds");
    expect(told(APPROXIMATE, execution(0, 1, request(0, 7)), liar)).to.equal("holds");
    expect(told(PARTIAL, execution(0, 1, request(0, 7)))).to.equal("holds");
  });
});

describe("checker: exactly-once", () => {
  it("holds when each replica executes a request at the same number", () => {
    expect(told(PARTIAL, execution(0, 1, request(0, 1), request(1, 1)), execution(1, 1, request(0, 1), request(1, 1)))).to.equal(
      "holds",
    );
  });

  it("finds a request that executes again (§4.1), also of a client that lies", () => {
    const liar = { kind: "client-behaves", client: 0, behaviour: "two-operations" } as const;
    expect(told(PARTIAL, liar, execution(0, 1, request(0, 1)), execution(0, 2, request(0, 1)))).to.equal(
      "exactly-once: replica 0 executed request 0/1 at sequence number 2, where replica 0 had executed it at 1.",
    );
  });

  it("finds a request that stands twice in a batch", () => {
    expect(told(PARTIAL, execution(0, 1, request(0, 1), request(0, 1)))).to.equal(
      "exactly-once: replica 0 executed request 0/1 twice in the batch at sequence number 1.",
    );
  });
});

describe("checker: order", () => {
  it("holds when each execution follows the one before, a restart or an installed state", () => {
    const story = [starts(0), execution(0, 1), execution(0, 2), crashes(0), starts(0, { lastExecuted: 2 }), execution(0, 3)];
    expect(told(PARTIAL, ...story, installs(0, 8, "S8"), execution(0, 9), execution(1, 700), execution(1, 701))).to.equal(
      "holds",
    );
  });

  it("finds a gap", () => {
    expect(told(PARTIAL, starts(0), execution(0, 2))).to.equal(
      "order: replica 0 executed sequence number 2 after 0, where 1 was due.",
    );
  });

  it("finds a number that executes twice", () => {
    expect(told(PARTIAL, execution(0, 1), execution(0, 1))).to.equal(
      "order: replica 0 executed sequence number 1 after 1, where 2 was due.",
    );
  });

  it("finds a gap after an installed state", () => {
    expect(told(PARTIAL, installs(0, 8, "S8"), execution(0, 10))).to.contain("sequence number 10 after 8, where 9 was due");
  });

  it("expects nothing of who lost its disk until it starts again", () => {
    const lost = { kind: "disk-lost", replica: 0 } as const;
    const again = [crashes(0), lost, starts(0, { abstaining: true })];
    expect(told(PARTIAL, starts(0), execution(0, 1), again, execution(0, 1))).to.equal("holds");
  });
});

describe("checker: answered", () => {
  const APART = { ...FACTS, liars: [3] };
  const done = [invokes(0, 1), replies(0, 0, 1, 1), replies(1, 0, 1, 1)];

  it("holds when replies, executions and what the client accepts agree", () => {
    expect(told(PARTIAL, done, execution(0, 1, request(0, 1)), accepts(0, 1, 1), execution(1, 1, request(0, 1)))).to.equal(
      "holds",
    );
    expect(told(APART, done, accepts(0, 1, 1))).to.equal("holds");
  });

  it("finds a reply that is not what was executed", () => {
    const story = [invokes(0, 1), execution(0, 1, request(0, 1)), replies(1, 0, 1, 1, [ok("lie")])];
    expect(told(PARTIAL, ...story)).to.equal(
      'answered: replica 1 answered ["lie"] at sequence number 1 for request 0/1, where replica 0 came to ["done"] at 1.',
    );
    const before = [invokes(0, 1, ["set x 1"], true), replies(1, 0, 1, 1, [ok("lie")]), execution(0, 1, request(0, 1))];
    expect(told(PARTIAL, ...before)).to.contain('replica 1 answered ["lie"] at sequence number 1 for request 0/1');
  });

  it("finds two correct replicas that answer a write differently", () => {
    expect(told(PARTIAL, done, replies(2, 0, 1, 2))).to.equal(
      'answered: replica 2 answered ["done"] at sequence number 2 for request 0/1, where replica 0 came to ["done"] at 1.',
    );
  });

  it("finds an accepted result that no correct replica gave", () => {
    expect(told(APART, invokes(0, 1), replies(3, 0, 1, 1, [ok("lie")]), accepts(0, 1, 1, [ok("lie")]))).to.equal(
      'answered: client 0 accepted ["lie"] at sequence number 1 for its request 1, which no correct replica had answered.',
    );
    expect(told(APART, done, accepts(0, 1, 2))).to.contain("which no correct replica had answered");
  });

  it("finds an accepted result that is not what was executed, in whatever order that is told", () => {
    const wrong = accepts(0, 1, 1, [ok("lie")]);
    const expected =
      'answered: client 0 accepted ["lie"] at sequence number 1 for request 0/1, where replica 0 came to ["done"] at 1.';
    expect(told(PARTIAL, invokes(0, 1), execution(0, 1, request(0, 1)), wrong)).to.equal(expected);
    expect(told(PARTIAL, invokes(0, 1), wrong, execution(0, 1, request(0, 1)))).to.equal(expected);
  });

  it("waits for the execution when more than f lie: they may have been quick and right", () => {
    const story = [invokes(0, 1), accepts(0, 1, 1, [ok("lie")])];
    expect(told({ ...FACTS, liars: [2, 3] }, ...story)).to.equal("holds");
    const later = [replies(0, 0, 1, 1), executes(0, 1, "null", { requests: [request(0, 1)] })];
    expect(told({ ...FACTS, liars: [2, 3] }, ...story, later)).to.contain('answered: client 0 accepted ["lie"]');
  });

  it("lets replicas answer a read from different states, of which the client may accept one (§5.1.3)", () => {
    const reads = [invokes(0, 1, ["get x"], true), replies(0, 0, 1, 4, [ok("a")]), replies(1, 0, 1, 5, [ok("b")])];
    expect(told(APART, reads, accepts(0, 1, 9, [ok("b")]))).to.equal("holds");
    expect(told(APART, reads, accepts(0, 1, 4, [ok("c")]))).to.contain('client 0 accepted ["c"]');
  });

  it("does not judge what is answered to a client that lies", () => {
    const liar = { kind: "client-behaves", client: 0, behaviour: "two-operations" } as const;
    expect(told(PARTIAL, liar, replies(0, 0, 1, 1), replies(1, 0, 1, 2), accepts(0, 1, 9))).to.equal("holds");
  });
});
