import type { BehaviourInfo } from "@bft/sim/byzantine";
import { type Line, span } from "./line.js";
import { fit, wrapped } from "./text.js";

/** All behaviours, for a terminal of `columns`. */
export function behaviourLines(behaviours: readonly BehaviourInfo[], columns: number): readonly Line[] {
  const width = Math.max(0, ...behaviours.map(({ name }) => name.length));
  const room = Math.max(20, columns - width - 2);
  const indent = span(" ".repeat(width + 2));
  return behaviours.flatMap(({ name, summary, holds }) => [
    ...wrapped(summary, room).map((text, row): Line => [row === 0 ? span(`${fit(name, width)}  `, "lying") : indent, span(text)]),
    ...wrapped(`must hold: ${holds}`, room).map((text): Line => [indent, span(text, "dim")]),
  ]);
}

/** What to say when a replica begins to lie. */
export function lieLines(replica: number, { name, summary, holds }: BehaviourInfo, undo: string): readonly Line[] {
  return [
    [span(`replica ${replica} lies from now on: `), span(name, "lying")],
    [span("  it         ", "dim"), span(summary)],
    [span("  must hold  ", "dim"), span(holds)],
    [span("  undo       ", "dim"), span(undo)],
  ];
}
