import type { MessageBase } from "@bft/core";
import { amnesia } from "../backup/amnesia.js";
import { inGroup, type Lie } from "../catalogue.js";
import type { LiarContext } from "../context.js";
import { edgeValues } from "../edges/edge-values.js";
import { fuzz } from "../fuzz/fuzz.js";
import { silent } from "../silent.js";
import { Voice } from "../voice.js";
import { wrongReply } from "../wrong-reply.js";
import { inventOperation, repeatRequest } from "./added-commands.js";
import { commitEarly } from "./commit-early.js";
import { endlessElections, hugeView } from "./elections.js";
import { equivocate } from "./equivocate.js";
import { falseAck } from "./false-ack.js";
import { forgetAccepted } from "./forget-accepted.js";
import { staleLeader } from "./stale-leader.js";
import type { Tongue } from "./tongue.js";
import { twin } from "./twin.js";
import { doubleVote, forgetVote } from "./yes-to-all.js";

/**
 * The lies that a protocol that believes its replicas does not survive, the default first; the same by name as PBFT's where the lie is
 * the same. `holds` says what comes of each, and what PBFT has against it.
 */
export function liesIn<M extends MessageBase>(tongue: Tongue<M>): readonly Lie<M>[] {
  const voice = (context: LiarContext) => new Voice(tongue.protocol.codec, context);
  const to = tongue.leaderCompares ? "to what it tells half of the others" : "to what it tells the others";
  return [
    ...inGroup("leader", [
      {
        name: "equivocate",
        summary: "as leader orders two different values under one number: one for half of the others, another one for the rest",
        holds:
          "broken: each half and the liar are a majority, so correct replicas execute different operations; in PBFT two quorums share a correct replica, which votes once",
        create: (context: LiarContext) => equivocate(tongue, context),
      },
      {
        name: "silent",
        summary: "takes everything in and sends nothing",
        holds: "holds: that is a crash, and a majority of the others goes on; as leader it is replaced",
        create: () => silent<M>(),
      },
      {
        name: "invent-operation",
        summary: `as leader adds ${to} an operation that its client never asked for`,
        holds:
          "broken: correct replicas execute what nobody asked for, as a value carries no signatures of clients; in PBFT each backup checks them",
        create: (context: LiarContext) => inventOperation(tongue, context),
      },
      ...repeating(tongue),
      {
        name: "commit-early",
        summary:
          "as leader calls chosen what it has only just proposed, and answers the client before anybody else has heard of it",
        holds:
          "broken: what a client was told is lost with the leader; in PBFT a client waits for f+1 replies, and each replica for a quorum of commits",
        create: (context: LiarContext) => commitEarly(tongue, context),
      },
      {
        name: "stale-leader",
        summary: "once it led goes on leading after another one was elected, and answers clients out of its old state",
        holds:
          "broken: replicas know better by the number, but a client that believes one answer reads the past; in PBFT f+1 replies are needed",
        create: (context: LiarContext) => staleLeader(tongue, context),
      },
    ]),
    ...inGroup("follower", [
      {
        name: "forget-accepted",
        summary: "when somebody wants to lead answers as if it had never accepted anything, and goes on as that",
        holds:
          "broken: it is the one replica in which two majorities meet, so a value that was chosen is lost; in PBFT quorums meet in f+1, one of them correct",
        create: (context: LiarContext) => forgetAccepted(tongue, context),
      },
      {
        name: "false-ack",
        summary: "acknowledges everything that it is asked to accept, and keeps none of it",
        holds:
          "broken: the leader counts it in its majority, and the next leader has never heard of what was chosen; in PBFT enough correct replicas keep it",
        create: (context: LiarContext) => falseAck(tongue, context),
      },
      {
        name: "twin",
        summary: "runs as two replicas with one key, one for each half of the others",
        holds:
          "broken: two majorities that meet in the liar alone go on side by side; in PBFT two quorums meet in a correct replica too",
        create: (context: LiarContext) => twin(tongue, context),
      },
      {
        name: "amnesia",
        summary: "stops writing to its disk, so that after a restart it contradicts what it said before",
        holds:
          "broken: what it acknowledged before the restart counts, and is gone; in PBFT a replica that forgot is one liar more",
        create: (context: LiarContext) => amnesia<M>(context),
      },
    ]),
    ...inGroup("elections", [
      {
        name: "double-vote",
        summary: "votes for every candidate, also for two in one ballot or term, and acknowledges what each of them orders",
        holds:
          "broken: two leaders at one time have a majority each, which meet in the liar; in PBFT a view has one primary, known by its number",
        create: (context: LiarContext) => doubleVote(tongue, context),
      },
      {
        name: "forget-vote",
        summary: "forgets what its vote promised: it still acknowledges what the leader of an earlier ballot or term orders",
        holds:
          "broken: the old leader and the new one have a majority each; in PBFT a quorum has left the old view, and most of it does not lie",
        create: (context: LiarContext) => forgetVote(tongue, context),
      },
      {
        name: "endless-elections",
        summary: "wants to lead as soon as somebody leads, in the next ballot or term, and so on",
        holds:
          "progress suffers: one replica is enough to depose a leader; in PBFT f+1 must ask before a correct replica follows",
        create: (context: LiarContext) => endlessElections(tongue, context),
      },
      {
        name: "huge-view",
        summary: "wants to lead in a ballot or term of enormous number",
        holds:
          "progress may end: the others believe the number, and no higher one is left to lead in; in PBFT f+1 must ask for it",
        create: (context: LiarContext) => hugeView(tongue, context),
      },
    ]),
    ...inGroup("replies", [
      {
        name: "wrong-reply",
        summary: "executes right and as leader tells the client another result",
        holds: "broken: the client believes the one answer that it gets; in PBFT it waits for f+1 equal ones",
        create: (context: LiarContext) => wrongReply(voice(context)),
      },
    ]),
    ...inGroup("edges and fuzz", [
      {
        name: "edge-values",
        summary: "puts numbers at the edges into what it says: 0, 2^32, 2^53, negative ones, fractions, not-a-number",
        holds: "nobody throws or stalls, but a number that can be read is believed; PBFT checks what it stands for",
        create: (context: LiarContext) => edgeValues(voice(context)),
      },
      {
        name: "fuzz-small",
        summary:
          "in some rounds tells some replicas its messages with one field a little off: one more or less, another known digest",
        holds: "nobody throws or stalls, but agreement may break: a number that is a little off is believed",
        create: (context: LiarContext) => fuzz(voice(context), "small"),
      },
      {
        name: "fuzz-any",
        summary: "in some rounds tells some replicas its messages with anything in one of their fields",
        holds: "nonsense that can be recognised is refused and nobody throws; the rest is believed",
        create: (context: LiarContext) => fuzz(voice(context), "any"),
      },
    ]),
  ];
}

/** Told to half of the others it would be another lie: to equivocate. */
function repeating<M extends MessageBase>(tongue: Tongue<M>) {
  if (tongue.leaderCompares) return [];
  return [
    {
      name: "repeat-request",
      summary: "as leader orders commands again that were executed long ago",
      holds: "holds: the table of clients knows what was executed, on every replica alike, as in PBFT",
      create: (context: LiarContext) => repeatRequest(tongue, context),
    },
  ];
}
