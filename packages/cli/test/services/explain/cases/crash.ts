import { slot } from "../../../support/fixtures.js";
import { at, type Case, open, REQUEST, SEQ } from "../support.js";

/** The same in Raft and Multi-Paxos, in their words; replica 0 leads. */
const leader = (slots: readonly ReturnType<typeof slot>[], view = 4) => ({ machine: { view, lastExecuted: 11, slots } });
const follower = { machine: { view: 4, lastExecuted: 11, isPrimary: false } };
export const CRASH: readonly Case[] = [
  {
    title: "Raft: an entry that too few have",
    protocol: "raft",
    subject: SEQ,
    replicas: [leader([open({ view: 4, commits: [0] })]), "down", "down"],
    kind: "waits-for-commits",
    verdict: "index 12 waits for one more acknowledgement: replica 0 has it, 1 and 2 are down",
    section: "§5.3",
    advice: "bft restart 1",
  },
  {
    title: "Raft: the leader is down, the followers will stand for election",
    protocol: "raft",
    subject: REQUEST,
    replicas: [
      "down",
      { ...follower, timers: [{ timer: "election", dueInMs: 800 }] },
      { ...follower, timers: [{ timer: "election", dueInMs: 1400 }] },
    ],
    trace: { invokedAt: 5, took: [2, 1] },
    kind: "lost",
    verdict: "request 3:17 reached replicas 1 and 2, and no replica that answers has it now",
    section: "§8",
    cause: "leader 0 is down",
    next: "replicas 1 and 2 (the last in 1.4 s) stand for election in term 5, unless a leader is heard by then",
  },
  {
    title: "Raft: an election that nobody wins",
    protocol: "raft",
    subject: { kind: "seq", seq: 12 },
    replicas: [
      { machine: { ...follower.machine, primary: null, queued: 1, viewChange: { view: 4, votes: [0] } } },
      { machine: { ...follower.machine, primary: null, viewChange: { view: 4, votes: [1] } } },
      "down",
    ],
    kind: "view-change",
    verdict:
      "index 12 is the next and has not been used yet, though 1 request waits: the election of term 4 is under way: replica 0 votes for replica 0, 2 are needed; 1 does not, 2 is down",
    section: "§5.2",
  },
  {
    title: "Multi-Paxos: a value that too few have accepted",
    protocol: "multipaxos",
    subject: SEQ,
    replicas: [leader([open({ view: 3, commits: [0] })], 3), { machine: { view: 5, isPrimary: false } }, "paused"],
    kind: "waits-for-commits",
    verdict: "instance 12 waits for one more acceptance: replica 0 has accepted, 1 is in ballot 5, 2 is paused",
    section: "§2.2",
  },
  {
    title: "Multi-Paxos: chosen at the leader, and the others will hear of it",
    protocol: "multipaxos",
    subject: SEQ,
    next: "leader 0 tells the others what is chosen, and sends again what they lack",
    replicas: [
      at(12, [slot(12, 3)], { timers: [{ timer: "tick", dueInMs: 30 }] }),
      at(11, [slot(12, 3, { executed: false, committed: false })]),
      at(11, [slot(12, 3, { executed: false, committed: false })]),
    ],
    kind: "behind",
    verdict: "instance 12 was executed by replica 0; replicas 1 and 2 have it and will hear that it is decided",
    section: "§3",
  },
  {
    title: "Multi-Paxos: the leader is silent",
    protocol: "multipaxos",
    subject: { kind: "seq", seq: 12 },
    replicas: ["paused", { machine: { ...follower.machine, view: 3, queued: 1 } }, { machine: { ...follower.machine, view: 3 } }],
    kind: "not-proposed",
    verdict: "instance 12 is the next and has not been used yet, though 1 request waits: leader 0 is paused",
    section: "§2.4",
    advice: "bft resume 0",
  },
];
