import type { MessageBase } from "@bft/core";
import { amnesia } from "../backup/amnesia.js";
import { inGroup, type Lie } from "../catalogue.js";
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
import { silentLeader } from "./silent-leader.js";
import { staleLeader } from "./stale-leader.js";
import type { Tongue } from "./tongue.js";
import { doubleVote, forgetVote } from "./yes-to-all.js";

type Told<M extends MessageBase> = Omit<Lie<M>, "group">;

/**
 * The lies that a protocol that believes its replicas does not survive, the default first; the same by name as PBFT's where the lie is
 * the same. `holds` says what each breaks, and what PBFT has against it.
 */
export function liesIn<M extends MessageBase>(tongue: Tongue<M>): readonly Lie<M>[] {
  return [
    ...inGroup("leader", leaderLies(tongue)),
    ...inGroup("follower", followerLies(tongue)),
    ...inGroup("elections", electionLies(tongue)),
    ...inGroup("replies", replyLies(tongue)),
    ...inGroup("edges and fuzz", blindLies(tongue)),
  ];
}

function leaderLies<M extends MessageBase>(tongue: Tongue<M>): readonly Told<M>[] {
  const told = tongue.leaderCompares ? "what it tells half of the others" : "what it tells the others";
  return [
    {
      name: "equivocate",
      summary:
        "as leader orders different values under one number: one for half of the others, for the rest the commands in another order",
      holds:
        "agreement: each half and the liar are a majority, and execute what they were told; in PBFT two quorums share a correct replica, which votes once",
      create: (context) => equivocate(tongue, context),
    },
    {
      name: "silent",
      summary: "takes everything in and sends nothing",
      holds: "nothing: that is a crash, and a majority of the others goes on; as leader it is replaced",
      create: () => silent(),
    },
    {
      name: "silent-primary",
      summary: "as leader sends heartbeats and nothing else: no value is ever ordered",
      holds:
        "progress: it is there, so nobody replaces it; in PBFT backups wait for the requests that they know, not for a sign of life",
      create: (context) => silentLeader(tongue, context),
    },
    {
      name: "invent-operation",
      summary: `as leader adds to requests, in ${told}, operations that their clients did not ask for`,
      holds:
        "validity: correct replicas execute what nobody asked for, as a value carries no signatures of clients; in PBFT each backup checks them",
      create: (context) => inventOperation(tongue, context),
    },
    ...repeating(tongue),
    {
      name: "commit-early",
      summary:
        "as leader calls chosen what it has only just proposed, and answers the client before anybody else has heard of it",
      holds:
        "linearizability: what a client was told is lost with the leader; in PBFT a client waits for f+1 replies, each replica for a quorum of commits",
      create: (context) => commitEarly(tongue, context),
    },
    {
      name: "stale-leader",
      summary: "once it led goes on leading after another one was elected, and answers clients out of its old state",
      holds:
        "linearizability: replicas know better by the number, but a client that believes one answer reads the past; in PBFT f+1 replies are needed",
      create: (context) => staleLeader(tongue, context),
    },
  ];
}

/** Told to half of the others it would be another lie: to equivocate. */
function repeating<M extends MessageBase>(tongue: Tongue<M>): readonly Told<M>[] {
  if (tongue.leaderCompares) return [];
  return [
    {
      name: "repeat-request",
      summary: "as leader orders commands again that were executed long ago",
      holds: "nothing: the table of clients knows what was executed, on every replica alike, as in PBFT",
      create: (context) => repeatRequest(tongue, context),
    },
  ];
}

function followerLies<M extends MessageBase>(tongue: Tongue<M>): readonly Told<M>[] {
  return [
    {
      name: "forget-accepted",
      summary: "when somebody wants to lead answers as if it had never accepted anything, and goes on as that",
      holds:
        "agreement: it is the one replica in which two majorities meet, so a chosen value is lost; in PBFT quorums meet in f+1, one of them correct",
      create: (context) => forgetAccepted(tongue, context),
    },
    {
      name: "false-ack",
      summary: "acknowledges everything that it is asked to accept, and keeps none of it",
      holds:
        "agreement: the leader counts it, and the next leader has never heard of what was chosen; in PBFT enough correct replicas keep it",
      create: (context) => falseAck(tongue, context),
    },
    {
      name: "amnesia",
      summary: "stops writing to its disk, so that after a restart it contradicts what it said before",
      holds: "agreement: what it acknowledged before the restart counts, and is gone; in PBFT it is one liar more and no worse",
      create: (context) => amnesia(context),
    },
  ];
}

function electionLies<M extends MessageBase>(tongue: Tongue<M>): readonly Told<M>[] {
  return [
    {
      name: "double-vote",
      summary: "votes for every candidate, also for two in one ballot or term, and acknowledges what each of them orders",
      holds:
        "agreement: two leaders at one time have a majority each, which meet in the liar; in PBFT a view has one primary, known by its number",
      create: (context) => doubleVote(tongue, context),
    },
    {
      name: "forget-vote",
      summary: "forgets what its vote promised: it still acknowledges what the leader of an earlier ballot or term orders",
      holds:
        "agreement: the old leader and the new one have a majority each; in PBFT a quorum has left the old view, and most of it does not lie",
      create: (context) => forgetVote(tongue, context),
    },
    {
      name: "endless-elections",
      summary: "wants to lead as soon as somebody leads, in the next ballot or term, and so on",
      holds: "progress: one replica is enough to depose a leader; in PBFT f+1 must ask before a correct replica follows",
      create: (context) => endlessElections(tongue, context),
    },
    {
      name: "huge-view",
      summary: "wants to lead in a ballot or term of enormous number",
      holds:
        "progress, for good: the others believe the number, and no higher one is left to lead in; in PBFT f+1 must ask for it",
      create: (context) => hugeView(tongue, context),
    },
  ];
}

function replyLies<M extends MessageBase>({ protocol }: Tongue<M>): readonly Told<M>[] {
  return [
    {
      name: "wrong-reply",
      summary: "executes right and as leader tells the client another result",
      holds: "what the client is told: it believes the one answer that it gets; in PBFT it waits for f+1 equal ones",
      create: (context) => wrongReply(new Voice(protocol.codec, context)),
    },
  ];
}

function blindLies<M extends MessageBase>({ protocol }: Tongue<M>): readonly Told<M>[] {
  return [
    {
      name: "edge-values",
      summary: "puts numbers at the edges into what it says: 0, 2^32, 2^53, negative ones, fractions, not-a-number",
      holds: "anything: a number that can be read is believed, though nobody is stopped by one; PBFT checks what it stands for",
      create: (context) => edgeValues(new Voice(protocol.codec, context)),
    },
    {
      name: "fuzz-small",
      summary:
        "in some rounds tells some replicas its messages with one field a little off: one more or less, another known digest",
      holds:
        "anything: a number that is a little off is believed; in PBFT up to f such replicas can not make correct ones disagree",
      create: (context) => fuzz(new Voice(protocol.codec, context), "small"),
    },
    {
      name: "fuzz-any",
      summary: "in some rounds tells some replicas its messages with anything in one of their fields",
      holds: "anything: only what can not be read is refused; in PBFT nonsense counts for nothing",
      create: (context) => fuzz(new Voice(protocol.codec, context), "any"),
    },
  ];
}
