import type { MachineStatus } from "@bft/core";

/** Who leads, by the word of most. */
export interface Primary {
  readonly replica: number;
  readonly view: number;
}

export type Standings = readonly (MachineStatus | null)[];

/** The primary that more than half of those of `among` that are up name in one view, if it is up itself; else null. */
export function primaryAmong(standings: Standings, among: readonly number[]): Primary | null {
  const named = new Map<string, Primary & { readonly by: number }>();
  let up = 0;
  for (const id of among) {
    const status = standings[id] ?? null;
    if (status === null) continue;
    up += 1;
    if (status.viewChange !== null || status.primary === null) continue;
    const key = `${status.view} ${status.primary}`;
    const by = (named.get(key)?.by ?? 0) + 1;
    named.set(key, { view: status.view, replica: status.primary, by });
  }
  const most = [...named.values()].find(({ by }) => 2 * by > up);
  return most === undefined || (standings[most.replica] ?? null) === null ? null : { view: most.view, replica: most.replica };
}
