import { fitLine, type Line } from "../view/line.js";
import { bodyRows, type Layout, layoutOf } from "./layout.js";
import { feedHead, feedLines } from "./sections/feed.js";
import { footerLine } from "./sections/footer.js";
import { titleLine, verdictLine } from "./sections/header.js";
import { behaviourLines, helpLines } from "./sections/overlays.js";
import { replicaLines, replicasHead } from "./sections/replicas.js";
import { slotLines, slotsHead } from "./sections/slots.js";
import type { DashboardState } from "./state.js";

/** The whole screen: exactly `rows - 1` lines, none wider than the terminal. Pure. */
export function frameOf(state: DashboardState): Line[] {
  const layout = layoutOf(state.size, state.cluster.replicas.length);
  const { columns } = layout;
  const lines = [
    ...some(layout.title, () => [titleLine(state.cluster, columns)]),
    ...some(layout.verdict, () => [verdictLine(state.cluster, columns)]),
    ...exactly(bodyRows(layout), body(state, layout)),
    ...some(layout.footer, () => [footerLine(state, columns)]),
  ];
  return exactly(layout.height, lines).map((line) => fitLine(line, columns));
}

function body(state: DashboardState, layout: Layout): Line[] {
  const gap = exactly(layout.gapBeforeTable, []);
  const rows = bodyRows(layout) - gap.length;
  if (state.mode.kind === "help") return [...gap, ...helpLines(state, layout.columns, rows)];
  if (state.mode.kind === "behaviours") return [...gap, ...behaviourLines(state, state.mode, layout.columns, rows)];
  const { cluster } = state;
  const { columns } = layout;
  return [
    ...gap,
    ...some(layout.tableHead, () => [replicasHead(cluster, columns)]),
    ...exactly(layout.table, replicaLines(state, columns, layout.table)),
    ...exactly(layout.gapBeforeSlots, []),
    ...some(layout.slotsHead, () => [slotsHead(cluster, columns)]),
    ...exactly(layout.slots, slotLines(cluster, columns, layout.slots)),
    ...exactly(layout.gapBeforeFeed, []),
    ...some(layout.feedHead, () => [feedHead(columns)]),
    ...exactly(layout.feed, feedLines(cluster.feed, layout.feed)),
  ];
}

function some(rows: number, make: () => Line[]): Line[] {
  return rows > 0 ? make() : [];
}

/** `lines` cut or filled up with empty ones to `rows`. */
function exactly(rows: number, lines: Line[]): Line[] {
  return Array.from({ length: rows }, (_, index) => lines[index] ?? []);
}
