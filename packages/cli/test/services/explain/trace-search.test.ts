import type { ClientId, Digest, SeqNum, Timestamp, TraceEvent, View } from "@bft/core";
import { expect } from "chai";
import { TraceSearch } from "../../../src/services/explain/trace-search.js";
import { REQUEST } from "./support.js";

let at = 0;
function event(happening: object): TraceEvent {
  at += 1;
  return { at, ...happening } as TraceEvent;
}

const d = "ab".repeat(32) as Digest;
const executed = (replica: number, seq: number, ok = true) =>
  event({
    kind: "executed",
    replica,
    seq: seq as SeqNum,
    view: 1 as View,
    digest: d,
    requests: [
      {
        client: 3 as ClientId,
        timestamp: (5 + seq) as Timestamp,
        operations: ["x"],
        results: [{ ok, value: ok ? null : "no such account" }],
      },
    ],
  });
const sent = (replica: number, id: string, statement: object) => event({ kind: "sent", replica, id, to: [], statement });
const dropped = (replica: number, id: string | null, reason: string) =>
  event({ kind: "dropped", replica, id, from: "replica 1", message: "prepare", reason });

function searched(search: TraceSearch, events: readonly TraceEvent[]) {
  for (const each of events) search.observe(each);
  return search.facts(null);
}

describe("services/explain/trace-search", () => {
  it("finds the number of a request, what it came to, and what else was in its batch", () => {
    const facts = searched(new TraceSearch(REQUEST, null), [executed(0, 11), executed(0, 12), executed(2, 12, false)]);
    expect(facts.seq).to.equal(12);
    expect(facts.requests).to.deep.equal([{ client: 3, timestamp: 17 }]);
    expect(facts.executed.map(({ replica }) => replica)).to.deep.equal([0, 2]);
    expect(facts.serviceRefused).to.equal("no such account");
    expect([...facts.lastExecuted]).to.deep.equal([
      [0, 12],
      [2, 12],
    ]);
  });

  it("counts the refusals of messages about the number, by their ids, whichever comes first", () => {
    const facts = searched(new TraceSearch({ kind: "seq", seq: 12 }, 12), [
      dropped(2, "aa", "view-old"),
      sent(1, "aa", { kind: "prepare", view: 0, seq: 12, digest: d }),
      sent(1, "bb", { kind: "prepare", view: 0, seq: 13, digest: d }),
      dropped(2, "aa", "view-old"),
      dropped(2, "bb", "view-old"),
      dropped(2, null, "budget-exceeded"),
    ]);
    expect(facts.refusals).to.deep.equal([{ replica: 2, from: "replica 1", message: "prepare", reason: "view-old", count: 2 }]);
    expect(facts.voted).to.deep.equal([{ replica: 1, kind: "prepare", view: 0, digest: d }]);
  });

  it("a number that is only said to be the request's counts for its refusals, and is not told as its number", () => {
    const facts = searched(new TraceSearch(REQUEST, 12), [
      sent(0, "aa", { kind: "pre-prepare", view: 0, seq: 12, digest: d }),
      dropped(2, "aa", "batch-missing"),
    ]);
    expect(facts.seq).to.equal(null);
    expect(facts.refusals.map(({ reason }) => reason)).to.deep.equal(["batch-missing"]);
  });

  it("keeps a bounded number of what was dropped, the newest", () => {
    const search = new TraceSearch({ kind: "seq", seq: 12 }, 12);
    search.observe(sent(1, "old", { kind: "commit", view: 0, seq: 12, digest: d }));
    search.observe(sent(1, "new", { kind: "commit", view: 0, seq: 12, digest: d }));
    search.observe(dropped(2, "old", "duplicate"));
    for (let i = 0; i < 120_000; i++) search.observe(dropped(2, `x${i}`, "duplicate"));
    search.observe(dropped(3, "new", "duplicate"));
    expect(search.facts(null).refusals.map(({ replica }) => replica)).to.deep.equal([3]);
  });

  it("who got the request, what was answered, and what its client wrote down", () => {
    const search = new TraceSearch(REQUEST, null);
    const took = (replica: number, signer: string) =>
      event({ kind: "took", replica, id: "cc", via: signer, signer, message: "request", view: null, seq: null, timestamp: 17 });
    const replied = (replica: number, value: string) =>
      event({ kind: "replied", replica, id: "r", client: 3, timestamp: 17, seq: 12, view: 0, results: [{ ok: true, value }] });
    search.observeClient(event({ kind: "invoked", client: 3, timestamp: 17, operations: [], readOnly: false }));
    search.observeClient(event({ kind: "answered", client: 4, timestamp: 17, seq: 12, results: [] }));
    const facts = searched(search, [took(0, "client 3"), took(1, "client 4"), replied(0, "1"), replied(1, "1"), replied(2, "2")]);
    expect(facts.took).to.deep.equal([0]);
    expect(new Set(facts.replies.map(({ answer }) => answer)).size).to.equal(2);
    expect(facts.invokedAt).not.to.equal(null);
    expect(facts.answered, "it was another client's").to.equal(false);
  });

  it("names who signed two contradictory messages about it", () => {
    const vote = (seq: number) => ({ kind: "commit", view: 0, seq, digest: d });
    const evidence = (accused: number, seq: number) =>
      event({ kind: "evidence", replica: 0, accused, first: vote(seq), second: vote(seq) });
    expect(searched(new TraceSearch({ kind: "seq", seq: 12 }, 12), [evidence(3, 12), evidence(2, 13)]).accused).to.deep.equal([
      3,
    ]);
  });
});
