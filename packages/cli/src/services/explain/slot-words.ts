import type { ProtocolName } from "@bft/core";
import type { Absence } from "./absence.js";
import type { Phase } from "./explanation.js";

/** What the steps of a slot are called in a protocol, in the singular. */
export interface SlotWords {
  /** What the primary or leader sends: `pre-prepare`. */
  readonly proposal: string;
  /** The kind of message that it is, or comes in. */
  readonly proposalKind: string;
  readonly prepare: string;
  readonly commit: string;
  /** What is said of who has given such a vote, and of who has not. */
  readonly voted: Absence;
  readonly notVoted: Absence;
  /** Of who says to have given it, where it has not arrived. */
  readonly onItsWay: Absence;
  readonly phases: Readonly<Record<Phase, string>>;
  /** What a slot is once nothing can undo it any more. */
  readonly decided: string;
}

const EVERYWHERE = {
  unknown: "says nothing",
  nothing: "has nothing of it",
  requested: "has the request",
  executed: "executed",
};

export const SLOT_WORDS: Readonly<Record<ProtocolName, SlotWords>> = {
  pbft: {
    proposal: "pre-prepare",
    proposalKind: "pre-prepare",
    prepare: "prepare",
    commit: "commit",
    voted: { one: "has voted", many: "have voted" },
    notVoted: { one: "has not voted", many: "have not voted" },
    onItsWay: { one: "has voted and the vote has not come", many: "have voted and the votes have not come" },
    phases: { ...EVERYWHERE, "pre-prepared": "pre-prepared", prepared: "prepared", committed: "committed" },
    decided: "committed",
  },
  multipaxos: {
    proposal: "accept request",
    proposalKind: "accept",
    prepare: "acceptance",
    commit: "acceptance",
    voted: { one: "has accepted", many: "have accepted" },
    notVoted: { one: "has not accepted", many: "have not accepted" },
    onItsWay: { one: "has accepted and the word of it has not come", many: "have accepted and the word of it has not come" },
    phases: { ...EVERYWHERE, "pre-prepared": "accepted", prepared: "accepted", committed: "chosen" },
    decided: "chosen",
  },
  raft: {
    proposal: "entry",
    proposalKind: "append-entries",
    prepare: "acknowledgement",
    commit: "acknowledgement",
    voted: { one: "has it", many: "have it" },
    notVoted: { one: "has not acknowledged it", many: "have not acknowledged it" },
    onItsWay: {
      one: "has it too and the acknowledgement has not come",
      many: "have it too and the acknowledgements have not come",
    },
    phases: { ...EVERYWHERE, "pre-prepared": "appended", prepared: "appended", committed: "committed" },
    decided: "committed",
  },
};

/** `commit` and `commits`. */
export function plural(word: string): string {
  return word === "entry" ? "entries" : `${word}s`;
}
