import { type Chart, type Lane, stateAt } from "./chart.js";

/** Rows `from` to before `to` in which a process is up, or not. */
export interface LifePiece {
  readonly from: number;
  readonly to: number;
  readonly up: boolean;
}

/** How a process goes down and comes up, in order and without gaps. Clients are always there. */
export function lifeOf(chart: Chart, { role, id }: Lane): readonly LifePiece[] {
  const rows = chart.rows.length;
  if (role === "client") return [{ from: 0, to: rows, up: true }];
  const found: LifePiece[] = [];
  // Of whom nothing is told it is not known that it is down.
  let [from, up] = [0, stateAt(chart, id, -1)?.up ?? true];
  for (const { row, replica, state } of chart.states) {
    const now = state.up ?? true;
    if (replica !== id || row < 0 || now === up) continue;
    found.push({ from, to: row, up });
    [from, up] = [row, now];
  }
  return [...found, { from, to: rows, up }];
}

export function isUp(life: readonly LifePiece[], row: number): boolean {
  return life.findLast(({ from }) => from <= row)?.up ?? true;
}
