import { slot } from "../../../support/fixtures.js";
import { at, type Case, everybody, faulty, REQUEST, SEQ, waits } from "../support.js";

/** Numbers of which nobody has a slot, and clusters that order nothing. */
export const NUMBERS: readonly Case[] = [
  {
    title: "too few replicas run",
    subject: REQUEST,
    replicas: [waits, waits, "down", "down"],
    kind: "too-few",
    verdict:
      "request 3:17 has no sequence number yet: 2 of 4 replicas take part and a quorum of 3 is needed: replicas 2 and 3 are down",
    section: "§3",
    advice: "bft restart 2",
  },
  {
    title: "no replica answers",
    subject: SEQ,
    replicas: everybody("down"),
    kind: "too-few",
    verdict: "sequence number 12 can not be looked up: no replica answers",
    section: "§3",
    advice: "bft up",
  },
  {
    title: "links cut between those that have it",
    subject: REQUEST,
    replicas: [
      { ...waits, links: faulty(0, 4, [2, 3], { cut: true }) },
      { ...waits, links: faulty(1, 4, [2, 3], { cut: true }) },
      { ...waits, links: faulty(2, 4, [0, 1], { cut: true }) },
      { ...waits, links: faulty(3, 4, [0, 1], { cut: true }) },
    ],
    kind: "cut-off",
    verdict: "request 3:17 has no sequence number yet: links are cut, so that no 3 replicas reach one another",
    section: "§3",
    cause: "links are cut: replicas 0 and 1 | replicas 2 and 3",
    advice: "bft heal",
  },
  {
    title: "a number that nobody has used yet",
    subject: SEQ,
    replicas: everybody(at(8, [slot(8)])),
    kind: "unused",
    verdict: "sequence number 12 has not been used yet: the next is 9, and no request waits",
    section: "§4.2",
  },
  {
    title: "a number beyond the window",
    subject: { kind: "seq", seq: 300 },
    replicas: everybody(at(8)),
    kind: "beyond-window",
    verdict:
      "sequence number 300 lies beyond the window: nothing is ordered above H = 256 before a later checkpoint is stable; the next to be used is 9",
    section: "§4.3",
  },
  {
    title: "a slot too far below the newest to be shown",
    subject: SEQ,
    replicas: everybody(
      at(
        11,
        [...Array(32).keys()].map((i) => slot(20 + i, 4, { executed: false })),
      ),
    ),
    kind: "not-shown",
    verdict: "sequence number 12 is on its way, and too far below the newest to be shown",
    section: "§4.2",
  },
];
