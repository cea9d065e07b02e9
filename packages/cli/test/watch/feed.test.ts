import type { ReplicaEvent } from "@bft/replica";
import { expect } from "chai";
import { viewChangeOf } from "../../../core/test/support/forge.js";
import { Lone } from "../../../core/test/support/lone.js";
import { entryText } from "../../src/view/entry.js";
import { emptyFeed, type Feed, firstOperation, withEvent, withNote } from "../../src/watch/feed.js";

type Told = readonly [replica: number, atMs: number, event: ReplicaEvent["event"]];

function feedOf(...told: Told[]): Feed {
  return feedIn("pbft", ...told);
}

function feedIn(protocol: string, ...told: Told[]): Feed {
  return told.reduce((feed, [replica, atMs, event]) => withEvent(feed, replica, { atMs, event }, protocol), emptyFeed);
}

function texts(feed: Feed): string[] {
  return feed.entries.map(entryText);
}

function executed(seq: number, operations = 1): ReplicaEvent["event"] {
  return { kind: "executed", seq, view: 0, operations, first: `set x ${seq}` };
}

describe("watch/feed", () => {
  it("tells a batch once, however many replicas executed it", () => {
    expect(texts(feedOf([0, 0, executed(1)], [1, 5, executed(1)], [2, 9, executed(1)]))).to.deep.equal([
      "slot 1 executed: set x 1",
    ]);
  });

  it("tells batches that follow each other fast as one, and slow ones one by one", () => {
    const feed = feedOf([0, 0, executed(1)], [0, 5000, executed(2)], [0, 5100, executed(3, 4)], [0, 5200, executed(4)]);
    expect(texts(feed)).to.deep.equal(["slot 1 executed: set x 1", "slots 2 to 4 executed, 6 operations, last: set x 4"]);
  });

  it("names a null request", () => {
    expect(texts(feedOf([0, 0, { kind: "executed", seq: 7, view: 2, operations: 0, first: "" }]))).to.deep.equal([
      "slot 7 executed: null request",
    ]);
  });

  it("remembers the first operation of recent batches", () => {
    const feed = feedOf(...Array.from({ length: 100 }, (_, index): Told => [0, index, executed(index + 1)]));
    expect(firstOperation(feed, 100)).to.equal("set x 100");
    expect(firstOperation(feed, 1)).to.equal(null);
  });

  it("names all replicas that tell the same", () => {
    const wants = { kind: "view-change-started", view: 1, because: "the primary is silent" } as const;
    expect(texts(feedOf([2, 0, wants], [1, 40, wants], [2, 60, wants]))).to.deep.equal([
      "replicas 1 and 2: asks for view 1: the primary is silent",
    ]);
  });

  it("says why a view is asked for, whoever joins later or was heard first", () => {
    const first = { kind: "view-change-started", view: 1, because: "the primary is silent" } as const;
    const joins = { kind: "view-change-started", view: 1, because: "2 replicas ask for view 1 or later" } as const;
    const told = ["replicas 1 and 2: asks for view 1: the primary is silent"];
    expect(texts(feedOf([2, 0, first], [1, 40, joins]))).to.deep.equal(told);
    expect(texts(feedOf([1, 0, joins], [2, 40, first]))).to.deep.equal(told);
  });

  it("knows a replica that joins by the words that PBFT has for it", () => {
    const lone = new Lone(3);
    const joined = lone.deliver(viewChangeOf(1, 1), viewChangeOf(2, 1)).find(({ kind }) => kind === "view-change-started");
    if (joined?.kind !== "view-change-started") throw new Error("it did not join");
    const first = { kind: "view-change-started", view: 1, because: "the primary is silent" } as const;
    const joins = { kind: joined.kind, view: 1, because: joined.because } as const;
    expect(texts(feedOf([2, 0, first], [3, 40, joins]))).to.deep.equal([
      "replicas 2 and 3: asks for view 1: the primary is silent",
    ]);
  });

  it("does not merge a link that broke with the one that came back, and broke again", () => {
    const link = (up: boolean) => ({ kind: "link", replica: 3, up }) as const;
    expect(texts(feedOf([0, 0, link(false)], [1, 10, link(false)], [0, 500, link(true)], [0, 900, link(false)]))).to.deep.equal([
      "replicas 0 and 1: link to replica 3 is down",
      "replica 0: link to replica 3 is up",
      "replica 0: link to replica 3 is down",
    ]);
  });

  it("tells what lies and what was refused", () => {
    expect(
      texts(
        feedOf(
          [1, 0, { kind: "behaviour", behaviour: "equivocate" }],
          [2, 1, { kind: "refused", from: "replica 1", reason: "signature-invalid", count: 3 }],
          [3, 2, { kind: "evidence", accused: 1, message: "pre-prepare", seq: 9 }],
          [1, 3, { kind: "behaviour", behaviour: null }],
          [
            0,
            4,
            {
              kind: "link-fault",
              replicas: [1, 2],
              fault: { cut: false, delayMs: 50, jitterMs: 0, drop: 0.1, duplicate: 0, reorder: 0 },
            },
          ],
          [0, 5, { kind: "link-fault", replicas: [1, 2], fault: null }],
        ),
      ),
    ).to.deep.equal([
      "replica 1: lies from now on: equivocate",
      "replica 2: refused replica 1: signature-invalid (3 times)",
      "replica 3: proof that replica 1 lied: two pre-prepare messages for 9",
      "replica 1: is honest again",
      "replica 0: links to replicas 1 and 2: 50 ms late, 10 % dropped",
      "replica 0: links to replicas 1 and 2: sound again",
    ]);
  });

  it("tells of a liar that goes on once in some seconds, with the newest proof", () => {
    const proof = (seq: number) => ({ kind: "evidence", accused: 0, message: "pre-prepare", seq }) as const;
    expect(texts(feedOf([1, 0, proof(4)], [2, 5, proof(4)], [1, 300, proof(5)], [3, 20_000, proof(90)]))).to.deep.equal([
      "replicas 1 and 2: proof that replica 0 lied: two pre-prepare messages for 5",
      "replica 3: proof that replica 0 lied: two pre-prepare messages for 90",
    ]);
  });

  it("keeps the newest two hundred entries, and writes out what a terminal would obey", () => {
    let feed = emptyFeed;
    for (let index = 0; index < 500; index++) feed = withNote(feed, index, `note ${index}\u001b[2J`);
    expect(feed.entries).to.have.length(200);
    expect(texts(feed).at(-1)).to.equal("note 499\\u001b[2J");
    expect(feed.entries.at(-1)?.number).to.equal(499);
  });

  it("a lost disk: PBFT's replica votes again some time, another one never", () => {
    const lost = { kind: "abstaining", until: null } as const;
    expect(texts(feedIn("pbft", [1, 0, lost]))[0]).to.contain("has lost its records and abstains from voting");
    expect(texts(feedIn("raft", [1, 0, lost]))[0]).to.contain("has lost its disk: it follows and never votes again");
  });
});
