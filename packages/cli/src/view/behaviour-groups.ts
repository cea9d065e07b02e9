/** Behaviours of one kind, under a title. */
export interface Group<B> {
  readonly title: string;
  readonly behaviours: readonly B[];
}

/** The behaviours by group, in the order in which each group first appears. */
export function inGroups<B extends { readonly group: string }>(behaviours: readonly B[]): readonly Group<B>[] {
  const titles = [...new Set(behaviours.map(({ group }) => group))];
  return titles.map((title) => ({ title, behaviours: behaviours.filter(({ group }) => group === title) }));
}
