/** What a lie needs to be told. */
export type Occasion =
  /** The liar is primary, and there is work. */
  | "primary"
  /** The liar is a backup, and there is work. */
  | "backup"
  /** The liar is the first that a replica asks which has missed more than a window. */
  | "source"
  /** The liar is the next primary, and the present one falls silent for a while. */
  | "next-primary"
  /** The liar is a backup that waits. */
  | "idle"
  /** The liar is a backup that is restarted after the lie. */
  | "restart"
  /** Two of seven, the primary among them. */
  | "together";

/** The occasion of each behaviour of the catalogue. A test holds it to be complete. */
export const OCCASIONS: Readonly<Record<string, Occasion>> = {
  equivocate: "primary",
  collude: "together",
  silent: "primary",
  "silent-primary": "primary",
  "wrong-digest": "primary",
  "wrong-batch": "primary",
  "seq-gap": "primary",
  "seq-jump": "primary",
  "seq-off-by-one": "primary",
  "view-off-by-one": "primary",
  "too-few": "primary",
  "withhold-body": "primary",
  "invent-operation": "primary",
  "repeat-request": "primary",
  censor: "primary",
  "slow-primary": "primary",
  "double-vote": "backup",
  "prepare-as-primary": "primary",
  "commit-early": "backup",
  "vote-to-one": "backup",
  "mute-after-prepare": "backup",
  "stale-replay": "backup",
  usurp: "backup",
  amnesia: "restart",
  twin: "restart",
  "thin-proof": "idle",
  "wrong-checkpoint": "backup",
  "far-checkpoint": "backup",
  "wrong-chunks": "source",
  "short-chunks": "source",
  "huge-chunks": "source",
  "stalled-chunks": "source",
  "hide-certificates": "next-primary",
  "forge-certificates": "next-primary",
  "duplicate-signer": "next-primary",
  "thin-certificates": "next-primary",
  "huge-view": "idle",
  "endless-view-changes": "idle",
  "new-view-altered": "next-primary",
  "new-view-dropped": "next-primary",
  "new-view-extra": "next-primary",
  "two-new-views": "next-primary",
  "new-view-forged": "next-primary",
  "new-view-early": "next-primary",
  "wrong-reply": "backup",
  "wrong-timestamp": "backup",
  "stale-read": "backup",
  "edge-values": "backup",
  "fuzz-small": "primary",
  "fuzz-any": "primary",
};

export function behavioursFor(occasion: Occasion): readonly string[] {
  return Object.keys(OCCASIONS).filter((name) => OCCASIONS[name] === occasion);
}
