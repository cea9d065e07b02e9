import { inGroups } from "../view/behaviour-groups.js";
import type { BehaviourChoice } from "./state.js";

/** A row that can be chosen. */
export interface MenuEntry extends BehaviourChoice {
  /** What to switch on; null: honest. */
  readonly behaviour: string | null;
}

const HONEST: MenuEntry = {
  group: "no lie",
  behaviour: null,
  name: "honest",
  summary: "follows the protocol",
  holds: "everything",
};

/** What can be chosen, in the order in which it is shown: everything whose name or group has `filter` in it. */
export function menuEntries(behaviours: readonly BehaviourChoice[], filter: string): readonly MenuEntry[] {
  const lies = inGroups(behaviours).flatMap(({ behaviours: members }) =>
    members.map((choice): MenuEntry => ({ ...choice, behaviour: choice.name })),
  );
  const wanted = filter.toLowerCase();
  return [HONEST, ...lies].filter(({ name, group }) => name.includes(wanted) || group.includes(wanted));
}

/** The first entry of the group after that of `entries[at]`, or of the one before it. */
export function groupStep(entries: readonly MenuEntry[], at: number, step: 1 | -1): number {
  const starts = entries.flatMap(({ group }, index) => (group === entries[index - 1]?.group ? [] : [index]));
  const current = starts.findLastIndex((start) => start <= at);
  return starts[(current + step + starts.length) % starts.length] ?? 0;
}
