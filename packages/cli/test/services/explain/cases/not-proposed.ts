import { slot } from "../../../support/fixtures.js";
import { at, type Case, everybody, faulty, REQUEST, timer, waits } from "../support.js";

/** What has no number yet, and why. */
export const NOT_PROPOSED: readonly Case[] = [
  {
    title: "the primary censors it: the backups' timers run",
    subject: REQUEST,
    replicas: [
      { behaviour: "censor", machine: { lastExecuted: 11 } },
      { ...waits, timers: timer(900) },
      { ...waits, timers: timer(1300) },
      { ...waits, timers: timer(950) },
    ],
    kind: "not-proposed",
    verdict: "request 3:17 has no sequence number yet: primary 0 lies (censor)",
    section: "§4.5.2",
    next: "the view-change timers of replicas 1, 2 and 3 (the last in 1.3 s) fire; if request 3:17 is not executed by then, they ask for view 1, of primary 1",
    advice: "bft byzantine 0 --off",
  },
  {
    title: "the primary is down",
    subject: REQUEST,
    replicas: ["down", waits, waits, { ...waits, timers: timer(900) }],
    kind: "not-proposed",
    verdict: "request 3:17 has no sequence number yet: primary 0 is down",
    section: "§4.5.2",
    next: "once 2 have asked, all others join; with 3, replica 1 announces view 1 and orders what waits",
    advice: "bft restart 0",
  },
  {
    title: "the primary never got it",
    subject: REQUEST,
    replicas: [at(11), waits, waits, waits],
    kind: "not-proposed",
    verdict:
      "request 3:17 has no sequence number yet: primary 0 does not have it, though replicas 1, 2 and 3 passed it on: it was lost on the way, or the primary leaves it out",
    section: "§4.1",
  },
  {
    title: "the backups can not pass it on",
    subject: REQUEST,
    replicas: [at(11), { ...waits, links: faulty(1, 4, [0], { cut: true }) }, at(11), at(11)],
    kind: "not-proposed",
    verdict: "request 3:17 has no sequence number yet: primary 0 does not have it: what replica 1 would pass on to it is cut",
    section: "§4.1",
  },
  {
    title: "the primary has it and keeps it to itself",
    subject: REQUEST,
    replicas: [waits, at(11), at(11), at(11)],
    kind: "not-proposed",
    verdict: "request 3:17 has no sequence number yet: primary 0 has it and has not proposed it",
    section: "§4.2",
    next: "nothing by itself: no timer runs that would change it",
  },
  {
    title: "the pipeline is full",
    subject: REQUEST,
    replicas: [
      { machine: { ...waits.machine, slots: [...Array(8).keys()].map((i) => slot(12 + i, 4, { executed: false })) } },
      at(11),
      at(11),
      at(11),
    ],
    kind: "not-proposed",
    verdict:
      "request 3:17 has no sequence number yet: the pipeline is full: 8 sequence numbers after 11 are on the way, and none of them is executed",
    section: "§4.2",
  },
  {
    title: "the batch would be smaller than the one that is on the way",
    subject: REQUEST,
    replicas: [{ machine: { ...waits.machine, slots: [slot(12, 4, { executed: false })] } }, at(11), at(11), at(11)],
    kind: "not-proposed",
    verdict:
      "request 3:17 has no sequence number yet: 1 sequence number after 11 is on the way: what follows waits until it makes as large a batch as the last one, or until nothing is on the way",
    section: "§4.2",
  },
  {
    title: "the window is full, because the checkpoint is not stable",
    subject: REQUEST,
    replicas: [
      {
        machine: {
          ...waits.machine,
          lastExecuted: 256,
          highWaterMark: 256,
          checkpointVotes: [{ seq: 128, replicas: [0, 2] }],
        },
      },
      at(256),
      at(256),
      at(256),
    ],
    kind: "not-proposed",
    verdict:
      "request 3:17 has no sequence number yet: the window is full: primary 0 may assign up to H = 256; checkpoint 128 is not stable: replicas 0 and 2 voted for it, 3 are needed",
    section: "§4.3",
  },
  {
    title: "the primary has lost its disk",
    subject: REQUEST,
    replicas: [{ machine: { ...waits.machine, abstaining: { until: null } } }, waits, waits, waits],
    kind: "not-proposed",
    verdict: "request 3:17 has no sequence number yet: primary 0 has lost its disk and proposes nothing before it votes again",
    section: "TOCS '02 §4.3.2",
    cause: "replica 0 has lost its disk and does not vote: it does not know yet for how long",
  },
  {
    title: "a view change that too few ask for",
    subject: REQUEST,
    replicas: [
      "down",
      { machine: { ...waits.machine, view: 1, viewChange: { view: 1, votes: [1, 2] }, wants: [{ replica: 1, view: 1 }] } },
      { machine: { ...waits.machine, view: 1, viewChange: { view: 1, votes: [1, 2] } } },
      waits,
    ],
    kind: "view-change",
    verdict:
      "request 3:17 has no sequence number yet: the view change to view 1 is under way: replicas 1 and 2 ask for it, 3 are needed; 0 is down, 3 has not asked",
    section: "§4.4",
  },
  {
    title: "a view change whose new-view has not come",
    subject: REQUEST,
    replicas: [
      waits,
      "down",
      ...[0, 1].map(() => ({
        machine: { ...waits.machine, view: 1, viewChange: { view: 1, votes: [0, 2, 3] } },
        timers: timer(700),
      })),
    ],
    kind: "view-change",
    verdict:
      "request 3:17 has no sequence number yet: the view change to view 1 is under way: replicas 0, 2 and 3 ask for it; the new-view of replica 1, which is down, has not come",
    section: "§4.4",
    next: "the view-change timers of replicas 2 and 3 fire; without a new-view of replica 1 by then they ask for view 2, of primary 2",
  },
  {
    title: "what was on its way when the view changed",
    subject: { kind: "seq", seq: 12 },
    replicas: everybody({ machine: { lastExecuted: 11, view: 1, viewChange: { view: 1, votes: [1, 2] }, slots: [slot(13)] } }),
    trace: { voted: [{ replica: 2, kind: "prepare", view: 0, digest: "ab" }] },
    kind: "view-change",
    verdict:
      "sequence number 12 is not decided: the view change to view 1 is under way: replicas 1 and 2 ask for it, 3 are needed; 0 and 3 have not asked",
    section: "§4.4",
  },
  {
    title: "the next number, though a request waits",
    subject: { kind: "seq", seq: 12 },
    replicas: ["down", waits, waits, waits],
    kind: "not-proposed",
    verdict: "sequence number 12 is the next and has not been used yet, though 1 request waits: primary 0 is down",
    section: "§4.5.2",
  },
  {
    title: "the primary refused it, the backups did not",
    subject: REQUEST,
    replicas: [at(11), waits, waits, waits],
    trace: { refusals: [{ replica: 0, from: "client 3", message: "request", reason: "client-window-full", count: 2 }] },
    kind: "not-proposed",
    verdict:
      "request 3:17 has no sequence number yet: primary 0 refused it: as many requests of this client as may be outstanding wait here already",
    section: "§4.1",
  },
];
