import { slot } from "../../../support/fixtures.js";
import { at, type Case, everybody, executed, other, REQUEST, SEQ } from "../support.js";

/** A number that somebody has executed. */
export const EXECUTED: readonly Case[] = [
  {
    title: "executed everywhere",
    subject: SEQ,
    replicas: everybody(executed),
    kind: "executed",
    verdict: "sequence number 12 was executed by all 4 replicas in view 0",
    section: "§4.2",
    advice: null,
  },
  {
    title: "executed by all correct replicas beside a liar",
    subject: REQUEST,
    replicas: [at(12, [slot(12, 4, { contains: [{ client: 3, timestamp: 17 }] })]), executed, executed, { behaviour: "silent" }],
    kind: "executed",
    verdict:
      "request 3:17 is in sequence number 12, which was executed by all correct replicas (0, 1 and 2) in view 0; replica 3 lies (silent)",
    section: "§4.2",
  },
  {
    title: "executed by a quorum, one behind",
    subject: SEQ,
    replicas: [executed, executed, executed, at(7, [], { timers: [{ timer: "status", dueInMs: 120 }] })],
    kind: "behind",
    verdict: "sequence number 12 was executed by replicas 0, 1 and 2; replica 3 has executed 7 and is catching up",
    section: "§4.2",
    cause: "nothing can undo it: whoever comes back or catches up executes the same under sequence number 12",
    next: "replica 3 says where it stands, and the others send what is missing",
    advice: null,
  },
  {
    title: "executed by a quorum, one down",
    subject: SEQ,
    replicas: [executed, executed, executed, "down"],
    kind: "behind",
    verdict: "sequence number 12 was executed by replicas 0, 1 and 2; replica 3 is down",
    section: "§4.2",
    advice: "bft restart 3",
  },
  {
    title: "a replica that fetches the state",
    subject: SEQ,
    replicas: [executed, executed, executed, at(3, [], { machine: { transfer: { seq: 8, fetched: 30, missing: 12 } } })],
    kind: "behind",
    verdict:
      "sequence number 12 was executed by replicas 0, 1 and 2; replica 3 has executed 3 and is fetching the state at 8 (30 pieces here, 12 missing)",
    section: "§4.2",
  },
  {
    title: "executed by one alone so far: the answers of f+1 are missing",
    subject: SEQ,
    replicas: [executed, at(11), "down", "down"],
    kind: "behind",
    verdict:
      "sequence number 12 was executed by replica 0; replica 1 has executed 11 and is catching up, replicas 2 and 3 are down",
    section: "§4.2",
    cause: "it is committed, so the others will execute the same; a client needs 2 equal answers",
  },
  {
    title: "executed by replicas that are down by now",
    subject: SEQ,
    replicas: [at(11), at(11), "down", "down"],
    trace: { executed: [{ replica: 3, view: 0, digest: "ab" }] },
    kind: "behind",
    verdict: "sequence number 12 was executed by replica 3, as the traces tell; and none of those that answer now has",
    section: "§4.2",
  },
  {
    title: "below the window",
    subject: { kind: "seq", seq: 12 },
    replicas: everybody(at(300, [], { machine: { lowWaterMark: 256, highWaterMark: 512 } })),
    kind: "collected",
    verdict:
      "sequence number 12 was executed by all 4 replicas; it lies at or below checkpoint 256, so its messages were thrown away, and no trace reaches back to it",
    section: "§4.3",
  },
  {
    title: "two correct replicas executed different batches",
    subject: SEQ,
    replicas: [executed, executed, at(12, [slot(12, 4, { digest: other })]), executed],
    kind: "diverged",
    verdict: "sequence number 12 was executed differently: replica 0 executed abababab, replica 2 executed cdcdcdcd",
    section: "§3",
    cause: "with more than f = 1 liars safety is lost",
    advice: "bft up --fresh",
  },
];
