/**
 * What a refusal says about the cluster.
 * repeat: the message told nothing new; correct replicas and clients cause it all the time. timing: a right message at the wrong
 * moment, as around view changes, restarts and losses; what matters of it is sent again. bound: a limit at work, or somebody is
 * behind: look again if it goes on. fault: no correct replica or client of this cluster and version sends such a thing.
 */
export type ReasonKind = "repeat" | "timing" | "bound" | "fault";

/** A reason for which a message was dropped or refused, in words. */
export interface ReasonWords {
  readonly kind: ReasonKind;
  /** Why, as one clause about the message ("it") and the replica that refused it ("this replica"). */
  readonly words: string;
  /** Of the paper, or null where it has none. */
  readonly section: string | null;
}

/** A table of reasons: every member of `Reason` has its row. */
export type ReasonTable<Reason extends string> = Readonly<Record<Reason, ReasonWords>>;

type Row = (words: string, section?: string) => ReasonWords;

function row(kind: ReasonKind): Row {
  return (words, section) => ({ kind, words, section: section ?? null });
}

export const repeat = row("repeat");
export const timing = row("timing");
export const bound = row("bound");
export const fault = row("fault");
