import type { Chart } from "./chart.js";

/** Where everything of a picture stands, in pixels. */
export interface Layout {
  readonly width: number;
  /** Of the lanes' area, their labels included. */
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly column: number;
  x(row: number): number;
  y(lane: number): number;
}

const LEFT = 160;
const RIGHT = 40;
const HEAD = 92;
const LANE_GAP = 62;
const WIDTH_MIN = 640;

export function layoutOf({ rows, lanes, messages }: Chart): Layout {
  const column = columnOf(rows.length);
  // What never arrives is drawn towards the row after its own.
  const last = messages.reduce((most, { sentRow }) => Math.max(most, sentRow + 2), rows.length);
  const bottom = HEAD + LANE_GAP * (lanes.length - 1) + 56;
  return {
    width: Math.max(WIDTH_MIN, LEFT + column * last + RIGHT),
    top: HEAD,
    bottom,
    left: LEFT,
    column,
    x: (row) => LEFT + column * (row + 0.5),
    y: (lane) => HEAD + 24 + LANE_GAP * lane,
  };
}

function columnOf(rows: number): number {
  if (rows <= 24) return 46;
  return rows <= 80 ? 34 : 26;
}
