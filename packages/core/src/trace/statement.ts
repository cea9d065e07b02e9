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
  /** Anything else: status, fetches and what they bring. */
  | { readonly kind: "other"; readonly message: string };

export interface ViewChangeClaim {
  readonly newView: number;
  readonly stableSeq: number;
  /** P of §4.4: what prepared above `stableSeq`. */
  readonly prepared: readonly { readonly view: number; readonly seq: number; readonly digest: string }[];
}
