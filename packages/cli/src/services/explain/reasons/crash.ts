import type { PaxosDropReason } from "@bft/core/multipaxos";
import type { RaftDropReason } from "@bft/core/raft";
import { bound, fault, type ReasonTable, repeat, timing } from "./reason.js";

/** What both say of requests and senders. */
type Shared = Extract<PaxosDropReason, RaftDropReason>;

const SHARED = {
  "not-from-the-client": fault("it is signed by somebody else than the client that it names"),
  "unknown-client": fault("this cluster has no such client"),
  "request-too-large": bound("it has more or longer operations than this cluster allows"),
  "reads-are-ordered": fault("it asks for a fast read, which this protocol does not have"),
  "request-already-executed": repeat("it was executed before; its client is sent the result again"),
  "request-known": repeat("this replica has it already and waits for it to be ordered"),
  "client-window-full": bound("as many requests of this client as may be outstanding wait here already"),
  "not-leader": timing("this replica does not lead and keeps no requests; the client asks again"),
  "not-from-a-replica": fault("only replicas send this, and its signer is none"),
  "own-message": fault("it names this replica itself as its sender"),
  relayed: fault("somebody else than its signer brought it, which is allowed for requests only"),
  "not-for-a-replica": fault("it is an answer to a client, and no replica has a use for it"),
  "not-asked-for": repeat("this replica did not ask for it, or has got it meanwhile"),
  "value-malformed": fault("what it proposes is no list of requests"),
  "snapshot-malformed": fault("it is no piece of a snapshot"),
  "snapshot-digest-mismatch": fault("its pieces do not make up the state that it names"),
} as const satisfies ReasonTable<Shared>;

/** Sections are those of Lamport, "Paxos Made Simple", 2001. */
export const PAXOS_REASONS: ReasonTable<PaxosDropReason> = {
  ...SHARED,
  "budget-exceeded": bound("its sender costs more work in one tick than a correct replica does"),
  "ballot-not-of-sender": fault("its ballot belongs to another replica", "§2.4"),
  "ballot-old": timing("this replica has promised a higher ballot", "§2.2"),
  abstaining: bound("this replica has lost its disk, and takes part in no ballot any more", "§2.5"),
  "not-a-candidate": timing("it is a promise for a phase 1 that is over, or was given up", "§2.2"),
  "promise-out-of-turn": repeat("it is a part of a promise that came before, or too early", "§2.2"),
  "promise-malformed": fault("it promises something that can not have been accepted", "§2.2"),
  "below-window": timing("its instance is executed here and forgotten"),
  "above-window": bound("its instance is too far above the snapshot: this replica is behind, or the sender goes too fast"),
  "value-missing": fault("it came without the value that it proposes", "§2.2"),
  "value-too-large": fault("its value is larger than any that a correct leader proposes", "§2.2"),
  "value-digest-mismatch": fault("its digest is not that of the value which came with it", "§2.2"),
  "second-value": fault(
    "another value was proposed for this instance in this ballot: a lie that this protocol does not survive",
    "§2.2",
  ),
  "contradicts-chosen": fault("another value was chosen for this instance: a lie that this protocol does not survive", "§2.1"),
  "not-leading": timing("this replica does not lead the ballot of which it speaks (any more)", "§2.3"),
  "accepted-another-value": fault("its sender accepted something that this leader did not propose", "§2.3"),
  duplicate: repeat("it came before"),
  "already-executed": repeat("this replica has executed that already", "§2.3"),
  "nothing-to-tell": repeat("it asks for what this replica does not know either", "§2.3"),
  "snapshot-too-large": fault("a snapshot has no so many pieces"),
};

/** Sections are those of Ongaro & Ousterhout, extended version, 2014. */
export const RAFT_REASONS: ReasonTable<RaftDropReason> = {
  ...SHARED,
  "old-term": timing("it was said in a term that is over", "§5.1"),
  "second-leader": fault("another replica leads this term: a lie that this protocol does not survive", "§5.2"),
  "conflicts-with-committed": fault("it would undo what is committed: a lie that this protocol does not survive", "§5.4"),
  "entry-of-later-term": fault("it holds an entry of a term that is still to come", "§5.3"),
  "beyond-window": bound("its entries reach further ahead than a correct leader goes", "§5.3"),
  "beyond-log": fault("it acknowledges entries that this leader does not have", "§5.3"),
};
