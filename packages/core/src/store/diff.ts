import { type Entry, type Snapshot, trieScan } from "./trie.js";

/** One key that differs between two states; `value` is null when the later one does not have it. */
export interface Change {
  readonly key: string;
  readonly value: string | null;
}

/** What turns `before` into `after`. Costs what changed: parts that both share are not looked into. */
export function* changesBetween(before: Snapshot, after: Snapshot): IterableIterator<Change> {
  if (before === after) return;
  if (before?.kind === "branch" && after?.kind === "branch" && before.depth === after.depth) {
    // A key that is in both stands in the same slot of both: its nibble at that depth.
    for (const [slot, node] of before.slots.entries()) yield* changesBetween(node, after.slots[slot] ?? null);
    return;
  }
  yield* changesOfEntries(entriesOf(before), entriesOf(after));
}

function entriesOf(node: Snapshot): readonly Entry[] {
  return trieScan(node, "", null, Number.POSITIVE_INFINITY);
}

function* changesOfEntries(before: readonly Entry[], after: readonly Entry[]): IterableIterator<Change> {
  const later = new Map(after.map(({ key, value }) => [key, value]));
  for (const { key, value } of before) {
    const now = later.get(key);
    if (now === undefined) yield { key, value: null };
    if (now === value) later.delete(key);
  }
  for (const [key, value] of later) yield { key, value };
}
