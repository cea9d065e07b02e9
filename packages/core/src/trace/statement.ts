/** What a replica says to replicas, as far as a checker needs it: the paper's messages without signatures. Plain JSON data. */
export type Statement =
  | {
      readonly kind: "pre-prepare" | "prepare" | "commit";
      readonly view: number;
      readonly seq: number;
      readonly digest: string;
    }
  | { readonly kind: "checkpoint"; readonly seq: number; readonly stateDigest: string }
  | ({ readonly kind: "view-change" } & ViewChangeClaim)
  | {
      readonly kind: "new-view";
      readonly view: number;
      /** V of §4.4, by who signed. */
      readonly viewChanges: readonly (ViewChangeClaim & { readonly replica: number })[];
      /** O of §4.4. */
      readonly prePrepares: readonly { readonly seq: number; readonly digest: string }[];
    }
  /** Multi-Paxos and Raft: a leader asks another to accept these values in this ballot, or to append them in this term. */
  | {
      readonly kind: "accept";
      readonly view: number;
      readonly values: readonly { readonly seq: number; readonly digest: string }[];
    }
  /** A replica says that it did: Multi-Paxos names one instance, Raft the end of its log. `digest` is of the value at `seq`. */
  | { readonly kind: "accepted"; readonly view: number; readonly seq: number; readonly digest: string }
  /** A replica wants to lead in this ballot or term. */
  | { readonly kind: "candidate"; readonly view: number }
  /** A replica lets it: a promise with what was accepted before, or a vote. */
  | {
      readonly kind: "promise";
      readonly view: number;
      readonly candidate: number;
      readonly accepted: readonly { readonly view: number; readonly seq: number; readonly digest: string }[];
    }
  /** A leader says that everything up to this sequence number is chosen or committed. */
  | { readonly kind: "chosen"; readonly view: number; readonly upTo: number }
  /** Anything else: status, fetches and what they bring. */
  | { readonly kind: "other"; readonly message: string };

export interface ViewChangeClaim {
  readonly newView: number;
  readonly stableSeq: number;
  /** P of §4.4: what prepared above `stableSeq`. */
  readonly prepared: readonly { readonly view: number; readonly seq: number; readonly digest: string }[];
}
