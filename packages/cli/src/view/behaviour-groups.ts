/** Behaviours of one kind, under a title. */
export interface Group<B> {
  readonly title: string;
  readonly behaviours: readonly B[];
}

/** Which behaviours belong together, in the order in which they are listed. */
const GROUPS: readonly (readonly [title: string, names: readonly string[]])[] = [
  [
    "primary",
    [
      "equivocate",
      "collude",
      "silent",
      "silent-primary",
      "wrong-digest",
      "wrong-batch",
      "seq-gap",
      "seq-jump",
      "seq-off-by-one",
      "view-off-by-one",
      "too-few",
      "withhold-body",
      "invent-operation",
      "repeat-request",
      "censor",
      "slow-primary",
    ],
  ],
  [
    "backup",
    [
      "double-vote",
      "prepare-as-primary",
      "commit-early",
      "vote-to-one",
      "mute-after-prepare",
      "stale-replay",
      "amnesia",
      "twin",
      "thin-proof",
      "usurp",
    ],
  ],
  [
    "checkpoint and state transfer",
    ["wrong-checkpoint", "far-checkpoint", "wrong-chunks", "short-chunks", "huge-chunks", "stalled-chunks"],
  ],
  [
    "view change",
    [
      "hide-certificates",
      "forge-certificates",
      "duplicate-signer",
      "thin-certificates",
      "huge-view",
      "endless-view-changes",
      "new-view-altered",
      "new-view-dropped",
      "new-view-extra",
      "two-new-views",
      "new-view-forged",
      "new-view-early",
    ],
  ],
  ["replies", ["wrong-reply", "wrong-timestamp", "stale-read"]],
  ["edges and fuzz", ["edge-values", "fuzz-small", "fuzz-any"]],
];

const OTHERS = "others";

/** The behaviours by group, in the order of the groups; who is in none comes last. Groups without any are left out. */
export function inGroups<B extends { readonly name: string }>(behaviours: readonly B[]): readonly Group<B>[] {
  const titles = [...GROUPS.map(([title]) => title), OTHERS];
  return titles
    .map((title) => ({ title, behaviours: behaviours.filter(({ name }) => groupOf(name) === title) }))
    .filter((group) => group.behaviours.length > 0);
}

/** Title of the group that a behaviour belongs to. */
function groupOf(name: string): string {
  return GROUPS.find(([, names]) => names.includes(name))?.[0] ?? OTHERS;
}
