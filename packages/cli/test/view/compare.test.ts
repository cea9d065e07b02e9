import type { Entry, Outcome } from "@bft/sim/scenario";
import { expect } from "chai";
import { type Compared, compareJson, compareLines, placeLine, progressLine } from "../../src/view/compare.js";
import { type Line, lineText, lineWidth } from "../../src/view/line.js";

const PBFT: Outcome = {
  scenario: "mine",
  protocol: "pbft",
  system: { replicas: 4, faults: 1, quorum: 3, weakQuorum: 2 },
  withoutLies: false,
  verdict: "held",
  entries: [],
  requests: [request(8), request(6)],
  liars: [0],
  violations: [],
  why: null,
  agreement: "held",
  divergence: null,
  linearizable: true,
  cost: { messages: 57, operations: 2, lies: 6 },
  elapsedMs: 100,
};

const WHY =
  "replica 2 executed bbbb at sequence number 2, where replica 1 had executed aaaa. The majorities meet only in the liar 0.";

const RAFT: Outcome = {
  ...PBFT,
  protocol: "raft",
  system: { replicas: 3, faults: 1, quorum: 2, weakQuorum: 1 },
  requests: [request(5), request(null)],
  violations: [
    { checker: "agreement", at: 1, what: WHY, replicas: [1, 2], seq: 2 },
    { checker: "linearizability", at: 2, what: "no order explains it:\nget x -> 0", replicas: [], seq: null },
  ],
  why: WHY,
  agreement: "broken",
  divergence: {
    seq: 2,
    sides: [
      { replica: 2, view: 1, operations: [] },
      { replica: 1, view: 1, operations: ["set x 1"] },
    ],
  },
  linearizable: false,
  cost: { messages: 12, operations: 1, lies: 1 },
};

function request(latencyMs: number | null): Outcome["requests"][number] {
  const answer = latencyMs === null ? null : { results: [], seq: 1, latencyMs };
  return { name: null, operations: ["set x 1"], submittedAt: 0, answer };
}

const compared = (outcomes: readonly Outcome[], rest: Partial<Compared> = {}): Compared => ({
  scenario: "mine",
  outcomes,
  withoutLies: false,
  place: { kind: "real" },
  ...rest,
});

const texts = (lines: readonly Line[]) => lines.map((line) => lineText(line).trimEnd());
const rows = (outcomes: readonly Outcome[], columns = 80, rest: Partial<Compared> = {}) =>
  texts(compareLines(compared(outcomes, rest), columns));

describe("the comparison", () => {
  it("sets the protocols side by side, and tells under the table what the checkers say of each", () => {
    expect(rows([PBFT, RAFT])).to.deep.equal([
      "",
      "Side by side  2 protocols, on real processes",
      "",
      "                     PBFT                          Raft",
      "replicas             4, of which f = 1             3, of which f = 1",
      "quorum               3                             2",
      "liars                replica 0: 6 lies             replica 0: 1 lie",
      "requests answered    2 of 2                        1 of 2",
      "messages/operation   28.5                          12.0",
      "median latency       7 ms                          5 ms",
      "agreement            held                          BROKEN",
      "  where they differ  –                             at number 2",
      '                                                   replica 1: "set x 1"',
      "                                                   replica 2: nothing",
      "linearizable         yes                           NO",
      "checkers found       nothing                       agreement",
      "                                                   linearizability",
      "as expected          yes                           yes",
      "Messages are all that replicas sent while it was played, also while a request",
      "waited.",
      "",
      "PBFT  held",
      "  The checkers found nothing at the correct replicas, though replica 0 told 6",
      "  lies.",
      "",
      "Raft  broke agreement and linearizability",
      '  At sequence number 2, replica 1 executed "set x 1" and replica 2 executed',
      "  nothing.",
      "  replica 2 executed bbbb at sequence number 2, where replica 1 had executed",
      "  aaaa. The majorities meet only in the liar 0.",
      "  linearizability: no order explains it:",
      "  get x -> 0",
      "",
      "went as the scenario expects on every protocol",
    ]);
  });

  it("three protocols fit into 80 columns, whatever was executed", () => {
    const long = "set a-key-that-is-very-long a-value-that-is-longer-still-and-does-not-end-soon";
    const hostile = "set x \u001b[2J";
    const sides = [long, hostile].map((operation, replica) => ({ replica, view: 1, operations: [operation] }));
    const wide = { ...RAFT, divergence: { seq: 123_456, sides } };
    const lines = compareLines(compared([PBFT, { ...wide, protocol: "multipaxos" }, wide]), 80);
    const table = lines.slice(
      0,
      lines.findIndex((line) => lineText(line).startsWith("Messages")),
    );
    for (const line of table) expect(lineWidth(line), lineText(line)).to.be.at.most(80);
    const all = texts(lines).join("\n");
    expect(all).to.include("Multi-Paxos");
    expect(all, "the account has all of it").to.include(long.split(" ").at(-1));
    expect(all).to.include("\\u001b[2J").and.not.include("\u001b");
  });

  it("says when nobody lied, and when a liar told no lie after all", () => {
    const honest = { ...PBFT, liars: [], cost: { ...PBFT.cost, lies: 0 }, withoutLies: true };
    const told = rows([honest], 80, { withoutLies: true, place: { kind: "sim", seed: 7 } });
    expect(told[1]).to.equal("Side by side  1 protocol, in the simulator, seed 7, every replica honest");
    expect(told).to.include("liars                –");
    expect(told).to.include("  The checkers found nothing; nobody lied.");
    expect(told.join(" ")).to.include("Latency is virtual time.");
    const silent = rows([{ ...PBFT, cost: { ...PBFT.cost, lies: 0 } }]);
    expect(silent).to.include("liars                replica 0: told no lie");
    expect(silent.map((row) => row.trim()).join(" ")).to.include("though replica 0 was to lie and told no lie.");
  });

  it("says where something came otherwise than expected, or could not be played", () => {
    const entry: Entry = {
      at: 1,
      step: 4,
      kind: "expect",
      say: null,
      did: "agreement held",
      verdict: "failed",
      why: "expected agreement broken",
    };
    const failed = rows([PBFT, { ...PBFT, protocol: "raft", verdict: "failed", entries: [entry] }]);
    expect(failed).to.include("  NOT AS EXPECTED, step 4: agreement held; expected agreement broken");
    expect(failed.at(-1)).to.equal("did NOT go as the scenario expects on Raft");
    const notRun = rows([PBFT, { ...PBFT, protocol: "multipaxos", verdict: "not-run" }]);
    expect(notRun).to.include("as expected          yes                           NOT PLAYED");
    expect(notRun.at(-1)).to.equal("could not be played to the end on Multi-Paxos");
  });

  it("has no figure where there is none", () => {
    const stuck = { ...PBFT, requests: [request(null)], linearizable: null, cost: { messages: 9, operations: 0, lies: 0 } };
    const told = rows([stuck]);
    for (const row of [
      "requests answered    0 of 1",
      "messages/operation   –",
      "median latency       –",
      "linearizable         not found out",
    ])
      expect(told).to.include(row);
  });

  it("for programs: every figure and verdict by protocol", () => {
    const json = compareJson(compared([PBFT, RAFT]));
    expect(json).to.deep.include({ scenario: "mine", withoutLies: false, place: "real" });
    expect(json.compared.map(({ protocol, agreement, quorum }) => [protocol, agreement, quorum])).to.deep.equal([
      ["pbft", "held", 3],
      ["raft", "broken", 2],
    ]);
    expect(json.compared[1]).to.deep.include({ lies: 1, liars: [0], linearizable: false, messagesPerOperation: 12, answered: 1 });
    expect(json.compared[1]?.divergence?.seq).to.equal(2);
    expect(json.compared[1]?.found.map(({ checker }) => checker)).to.deep.equal(["agreement", "linearizability"]);
  });

  it("who waits sees where it is played, and each step in one row", () => {
    expect(lineText(placeLine({ protocol: "raft", system: RAFT.system }))).to.equal("Raft: 3 replicas, f = 1, quorum 2");
    const entry: Entry = {
      at: 1234,
      step: 3,
      kind: "kill",
      say: "Why.",
      did: "replica 0 is killed and more",
      verdict: "done",
      why: null,
    };
    expect(lineText(progressLine(entry, 40))).to.equal("  3   1.23 s  replica 0 is killed and m…");
    expect(lineText(progressLine({ ...entry, step: null }, 80))).to.equal("      1.23 s  replica 0 is killed and more");
  });
});
