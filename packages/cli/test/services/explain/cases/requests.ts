import { slot } from "../../../support/fixtures.js";
import { at, type Case, everybody, executed, REQUEST, waits } from "../support.js";

/** What became of a request. */
export const REQUESTS: readonly Case[] = [
  {
    title: "a request that the service refused",
    subject: REQUEST,
    replicas: everybody(executed),
    trace: { seq: 12, serviceRefused: "no such account", invokedAt: 5, answered: true },
    kind: "refused-by-service",
    verdict: "request 3:17 was executed under sequence number 12, and the service refused it: no such account",
    section: "§4.1",
  },
  {
    title: "executed, and the replies were lost",
    subject: REQUEST,
    replicas: everybody(executed),
    trace: { seq: 12, invokedAt: 5, replies: [0, 1, 2].map((replica) => ({ replica, answer: "a" })) },
    kind: "unanswered",
    verdict:
      "request 3:17 was executed under sequence number 12 in view 0, and its client is not known to have been answered: replicas 0, 1 and 2 answered alike, which is enough",
    section: "§4.1",
    cause: "the replies were lost, or came when the client no longer waited; it took effect, so look before you submit it again",
  },
  {
    title: "executed, and the replies differ",
    subject: REQUEST,
    replicas: [executed, { behaviour: "wrong-reply" }, "down", "down"],
    trace: {
      seq: 12,
      invokedAt: 5,
      replies: [
        { replica: 0, answer: "a" },
        { replica: 1, answer: "b" },
      ],
    },
    kind: "unanswered",
    verdict:
      "request 3:17 was executed under sequence number 12 in view 0, and its client is not known to have been answered: it needs 2 equal replies, and got or could get 1, of replica 0; replica 1 answered otherwise",
    section: "§4.1",
    cause: "replica 1 lies (wrong-reply)",
  },
  {
    title: "a request that replicas refused",
    subject: REQUEST,
    replicas: everybody(at(11)),
    trace: {
      refusals: [{ replica: 0, from: "client 3", message: "request", reason: "request-too-large", count: 1 }],
    },
    kind: "refused",
    verdict: "request 3:17 was refused by replica 0: it has more or longer operations than this cluster allows",
    section: "§4.1",
  },
  {
    title: "a request that its client handed in and nobody has",
    subject: REQUEST,
    replicas: everybody(at(11)),
    trace: { invokedAt: 5 },
    kind: "lost",
    verdict: "request 3:17 was handed in by its client, and no replica that answers has it",
    section: "§4.1",
    advice: "submit it again",
  },
  {
    title: "more requests wait than are named",
    subject: REQUEST,
    replicas: everybody({ machine: { ...waits.machine, waiting: [{ client: 0, timestamp: 1 }], queued: 900 } }),
    trace: { invokedAt: 5 },
    kind: "not-shown",
    verdict: "request 3:17 is not among those that the replicas name: 900 requests wait, and they name the oldest",
    section: "§4.1",
  },
  {
    title: "a fast read",
    subject: REQUEST,
    replicas: everybody(at(11)),
    trace: { invokedAt: 5, readOnly: true },
    kind: "fast-read",
    verdict:
      "request 3:17 is a fast read, which no replica orders or remembers: its client needs 2 equal answers and is not known to have them",
    section: "§5.1.3",
  },
  {
    title: "executed, when nothing but the replicas can be asked",
    subject: REQUEST,
    replicas: everybody(at(12, [slot(12, 4, { contains: [{ client: 3, timestamp: 17 }] })])),
    trace: { invokedAt: 0 },
    kind: "unanswered",
    verdict:
      "request 3:17 was executed under sequence number 12 in view 0, and its client is not known to have been answered: replicas 0 to 3 have executed it, 2 equal replies are needed",
    section: "§4.1",
  },
  {
    title: "a request that nobody knows",
    subject: REQUEST,
    replicas: everybody(at(11)),
    kind: "unknown",
    verdict: "request 3:17 is not known to any replica, and in no trace or client history",
    section: "§4.1",
  },
  {
    title: "a request of a client that does not exist",
    subject: { kind: "request", client: 99, timestamp: 1 },
    replicas: everybody(at(11)),
    kind: "unknown",
    verdict: "request 99:1 can not exist: this cluster has clients 0 to 15",
    section: "§4.1",
  },
];
