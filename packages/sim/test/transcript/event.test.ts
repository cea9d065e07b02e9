import type { TraceEvent } from "@bft/core";
import { expect } from "chai";
import { formatEvent, isImportant } from "../../src/transcript/event.js";

const digest = "8a1f03c2".padEnd(64, "0") as never;
const ok = { ok: true, value: "ok" };
const retained = { slots: 1, votes: 2, requests: 3, batches: 4, viewChanges: 5, checkpointVotes: 6, snapshots: 7 };
const claim = { newView: 1, stableSeq: 4, prepared: [{ view: 0, seq: 5, digest }] };

/** Each kind of event, its line, and whether it is important. */
const cases: readonly (readonly [event: TraceEvent, line: string, important: boolean])[] = [
  [
    { at: 0, kind: "started", replica: 0, view: 0, lastExecuted: 0, lowWaterMark: 0, abstaining: false },
    "        0 ms  replica 0   starts: view 0, executed 0, stable 0",
    true,
  ],
  [
    { at: 1, kind: "started", replica: 0, view: 2, lastExecuted: 9, lowWaterMark: 8, abstaining: true },
    "        1 ms  replica 0   starts: view 2, executed 9, stable 8, abstains",
    true,
  ],
  [{ at: 1, kind: "crashed", replica: 2 }, "        1 ms  replica 2   crashes", true],
  [{ at: 1, kind: "disk-lost", replica: 2 }, "        1 ms  replica 2   loses its disk", true],
  [{ at: 1, kind: "behaves", replica: 2, behaviour: "silent" }, "        1 ms  replica 2   lies from now on: silent", true],
  [{ at: 1, kind: "behaves", replica: 2, behaviour: null }, "        1 ms  replica 2   is honest again", true],
  [
    { at: 1, kind: "broke", replica: 2, error: "no\u001b[2Jslot\n" },
    "        1 ms  replica 2   stops, for a bug: no\\u001b[2Jslot\\n",
    true,
  ],
  [
    { at: 1.23456, kind: "sent", id: "ab12", replica: 1, to: [0, 2], statement: { kind: "prepare", view: 1, seq: 5, digest } },
    "    1.235 ms  replica 1   to 0, 2: prepare 5 in view 1: 8a1f03c2",
    true,
  ],
  [
    { at: 1, kind: "sent", id: "ab12", replica: 1, to: [], statement: { kind: "checkpoint", seq: 8, stateDigest: digest } },
    "        1 ms  replica 1   to none: checkpoint 8: state 8a1f03c2",
    true,
  ],
  [
    { at: 1, kind: "sent", id: "ab12", replica: 1, to: [0], statement: { kind: "view-change", ...claim } },
    "        1 ms  replica 1   to 0: view-change to view 1, stable 4, prepared 5 in view 0: 8a1f03c2",
    true,
  ],
  [
    {
      at: 1,
      kind: "sent",
      id: "ab12",
      replica: 1,
      to: [0],
      statement: { kind: "new-view", view: 1, viewChanges: [{ ...claim, replica: 3 }], prePrepares: [{ seq: 5, digest }] },
    },
    "        1 ms  replica 1   to 0: new-view 1: proposes 5: 8a1f03c2; view-changes of 3 to view 1, stable 4, prepared 5 in view 0: 8a1f03c2",
    true,
  ],
  [
    { at: 1, kind: "sent", id: "ab12", replica: 1, to: [0], statement: { kind: "other", message: "status" } },
    "        1 ms  replica 1   to 0: status",
    false,
  ],
  [
    { at: 1, kind: "replied", id: "ab12", replica: 1, client: 0, timestamp: 3, seq: 5, view: 1, ordered: true, results: [ok] },
    '        1 ms  replica 1   replies to client 0 #3: "ok" at 5 in view 1',
    false,
  ],
  [
    {
      at: 1,
      kind: "executed",
      replica: 1,
      seq: 5,
      view: 1,
      digest,
      requests: [
        {
          client: 0,
          timestamp: 3,
          operations: ["set x \u009b1"],
          results: [ok, { ok: true, value: null }, { ok: false, value: "no" }],
        } as never,
      ],
    },
    '        1 ms  replica 1   executes 5 in view 1: 8a1f03c2 client 0 #3 "set x \\u009b1" = "ok", no value, refused ("no")',
    true,
  ],
  [
    { at: 1, kind: "executed", replica: 1, seq: 5, view: 1, digest, requests: [] },
    "        1 ms  replica 1   executes 5 in view 1: 8a1f03c2 nothing",
    true,
  ],
  [
    { at: 1, kind: "checkpoint-stable", replica: 1, seq: 8, stateDigest: digest },
    "        1 ms  replica 1   checkpoint 8 is stable: state 8a1f03c2",
    true,
  ],
  [
    { at: 1, kind: "state-installed", replica: 1, seq: 8, stateDigest: digest },
    "        1 ms  replica 1   installs the state at 8: 8a1f03c2",
    true,
  ],
  [{ at: 1, kind: "abstaining", replica: 1, until: null }, "        1 ms  replica 1   abstains from voting", true],
  [
    { at: 1, kind: "abstaining", replica: 1, until: 16 },
    "        1 ms  replica 1   abstains from voting until checkpoint 16 is stable",
    true,
  ],
  [{ at: 1, kind: "votes-again", replica: 1, seq: 16 }, "        1 ms  replica 1   votes again from 16 on", true],
  [
    { at: 1, kind: "view-change-started", replica: 1, view: 2, because: "the timer fired" },
    "        1 ms  replica 1   wants view 2: the timer fired",
    true,
  ],
  [
    { at: 1, kind: "view-entered", replica: 1, view: 2, primary: 2 },
    "        1 ms  replica 1   enters view 2 with primary 2",
    true,
  ],
  [
    { at: 1, kind: "dropped", id: null, replica: 1, from: "replica 3", message: "prepare", reason: "old-view" },
    "        1 ms  replica 1   drops prepare from replica 3: old-view",
    false,
  ],
  [
    {
      at: 1,
      kind: "evidence",
      replica: 1,
      accused: 3,
      first: { kind: "commit", view: 0, seq: 1, digest },
      second: { kind: "commit", view: 0, seq: 1, digest: "ff".repeat(32) },
    },
    "        1 ms  replica 1   has evidence against replica 3: commit 1 in view 0: 8a1f03c2 / commit 1 in view 0: ffffffff",
    true,
  ],
  [
    { at: 1, kind: "retained", replica: 1, retained },
    "        1 ms  replica 1   keeps slots 1, votes 2, requests 3, batches 4, viewChanges 5, checkpointVotes 6, snapshots 7",
    false,
  ],
  [
    { at: 1, kind: "invoked", client: 0, timestamp: 3, operations: ["a", "b"], readOnly: false },
    '        1 ms  client 0    asks #3 "a", "b"',
    true,
  ],
  [
    { at: 1, kind: "invoked", client: 0, timestamp: 3, operations: ["a"], readOnly: true },
    '        1 ms  client 0    asks #3 to read "a"',
    true,
  ],
  [
    { at: 1, kind: "fell-back", client: 0, from: 3, timestamp: 4 },
    "        1 ms  client 0    asks #3 again as #4, to be ordered",
    true,
  ],
  [
    { at: 1, kind: "answered", client: 0, timestamp: 3, seq: 5, results: [ok] },
    '        1 ms  client 0    is answered #3: "ok" at 5',
    true,
  ],
  [
    { at: 1, kind: "client-behaves", client: 0, behaviour: "two-faced" },
    "        1 ms  client 0    lies from now on: two-faced",
    true,
  ],
  [{ at: 1, kind: "fault", what: "all links are whole again" }, "        1 ms  world       all links are whole again", true],
  [
    { at: 1, kind: "healed", core: [0, 1, 2], withinMs: 500 },
    "        1 ms  world       heals; 0, 1, 2 must finish within 500 ms",
    true,
  ],
  [
    { at: 1, kind: "relayed", replica: 1, id: "ab12", to: [0], signer: "client 3", message: "request" },
    "        1 ms  replica 1   passes on to 0: request of client 3",
    false,
  ],
  [took({ message: "prepare", view: 1, seq: 5 }), "        1 ms  replica 1   takes prepare view 1 seq 5 of replica 2", false],
  [
    took({ message: "request", signer: "client 3", timestamp: 7 }),
    "        1 ms  replica 1   takes request #7 of client 3 from replica 2",
    false,
  ],
  [
    { at: 1, kind: "timer-fired", replica: 1, timer: "view-change" },
    "        1 ms  replica 1   finds the time of view-change over",
    false,
  ],
  [
    { at: 1, kind: "refused", replica: 1, peer: null, reason: "frame-too-large" },
    "        1 ms  replica 1   refuses an unknown peer: frame-too-large",
    true,
  ],
  [
    { at: 1, kind: "link-fault", replica: 1, towards: [0, 2], fault: "cut" },
    "        1 ms  replica 1   has links to 0, 2 that are cut",
    true,
  ],
  [
    { at: 1, kind: "delivered", id: "ab12", from: "replica 0", to: "replica 1", message: "prepare" },
    "        1 ms  network     replica 0 -> replica 1: prepare",
    false,
  ],
  [
    { at: 1, kind: "lost", id: "ab12", from: "replica 0", to: "replica 1", message: "prepare", because: "cut" },
    "        1 ms  network     replica 0 -x replica 1: prepare is lost, cut",
    false,
  ],
];

function took(what: Partial<Extract<TraceEvent, { readonly kind: "took" }>>): TraceEvent {
  const nothing = { view: null, seq: null, timestamp: null };
  return { at: 1, kind: "took", replica: 1, id: "ab12", via: "replica 2", signer: "replica 2", message: "", ...nothing, ...what };
}

describe("an event as a line", () => {
  for (const [event, line, important] of cases) {
    it(line.trim(), () => {
      expect(formatEvent(event)).to.equal(line);
      expect(isImportant(event)).to.equal(important);
    });
  }
});
