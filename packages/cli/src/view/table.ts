import { type Line, type Span, span, type Tone } from "./line.js";
import { fit } from "./text.js";

const GAP = 2;

interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  readonly width: number;
  readonly priority: number;
}

/** The columns that fit into `room`, in their order; those of the lowest priority go first. */
export function columnsThatFit<C extends Column>(columns: readonly C[], room: number): readonly C[] {
  let kept = columns;
  while (kept.length > 1 && tableWidth(kept) > room) {
    const weakest = kept.reduce((a, b) => (b.priority < a.priority ? b : a));
    kept = kept.filter((column) => column !== weakest);
  }
  return kept;
}

function tableWidth(columns: readonly Column[]): number {
  return columns.reduce((total, column) => total + column.width, 0) + GAP * Math.max(0, columns.length - 1);
}

export function headLine(columns: readonly Column[], tone: Tone = "dim"): Line {
  return joined(columns.map(({ title, width, align }) => span(fit(title, width, align), tone)));
}

export function rowLine(columns: readonly Column[], cells: readonly Span[]): Line {
  return joined(
    columns.map(({ width, align }, index) => {
      const cell = cells[index] ?? span("");
      return { text: fit(cell.text, width, align), tone: cell.tone };
    }),
  );
}

function joined(spans: readonly Span[]): Line {
  return spans.flatMap((cell, index) => (index === 0 ? [cell] : [span(" ".repeat(GAP)), cell]));
}
