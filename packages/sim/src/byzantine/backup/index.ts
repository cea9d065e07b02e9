import type { Entry } from "../catalogue.js";
import { amnesia } from "./amnesia.js";
import { commitEarly } from "./commit-early.js";
import { doubleVote } from "./double-vote.js";
import { muteAfterPrepare } from "./mute-after-prepare.js";
import { prepareAsPrimary } from "./prepare-as-primary.js";
import { staleReplay } from "./stale-replay.js";
import { thinProof } from "./thin-proof.js";
import { twin } from "./twin.js";
import { usurp } from "./usurp.js";
import { voteToOne } from "./vote-to-one.js";

/** The lies of a voter. */
export const BACKUP: readonly Entry[] = [
  {
    name: "double-vote",
    summary: "sends everybody two prepares and two commits for each slot, each half another one first",
    holds: "one vote of a replica counts in each phase, and the second one is kept as evidence against it",
    create: doubleVote,
  },
  {
    name: "prepare-as-primary",
    summary: "as primary also sends a prepare for what it proposed itself",
    holds: "the primary counts once: its prepare is refused, and a quorum of different replicas is still needed",
    create: prepareAsPrimary,
  },
  {
    name: "commit-early",
    summary: "sends its commit together with its pre-prepare or prepare, before anything prepared",
    holds: "nothing commits before a quorum says so, and each correct replica of it holds a prepared certificate",
    create: commitEarly,
  },
  {
    name: "vote-to-one",
    summary: "sends its prepares and commits to one replica only",
    holds: "the others reach a quorum without it, at most a little later than that one",
    create: voteToOne,
  },
  {
    name: "mute-after-prepare",
    summary: "proposes and prepares, and then sends no commits, replies or checkpoints",
    holds: "a quorum of the others commits, answers and takes checkpoints without it",
    create: muteAfterPrepare,
  },
  {
    name: "stale-replay",
    summary: "sends old messages again, its own and those of others, to replicas picked at random",
    holds: "what is old is refused by its view, its number or its timestamp: nothing counts or is executed twice",
    create: staleReplay,
  },
  {
    name: "amnesia",
    summary: "stops writing to its disk, so that after a restart it contradicts what it said before",
    holds: "a replica that forgot is one liar more and no worse: the others still agree",
    create: amnesia,
  },
  {
    name: "twin",
    summary: "runs a second replica with its key and an empty disk; each of the two speaks to one half of the cluster",
    holds: "one key has one vote, so the two together can do no more than one liar can",
    create: twin,
  },
  {
    name: "thin-proof",
    summary: "tells everybody who asks that a null request committed next, and proves it by its own commit alone",
    holds: "a proof needs a quorum of commits: it is refused and nothing is executed on its word",
    create: thinProof,
  },
  {
    name: "usurp",
    summary: "as backup proposes in the present view: another order of the batch, or a batch for the next number",
    holds: "only the primary of the view may propose: backups refuse its pre-prepares and vote for none of them",
    create: usurp,
  },
];
