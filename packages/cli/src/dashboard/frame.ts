import { fitLine, type Line, type Span } from "../view/line.js";
import { printable } from "../view/text.js";
import { authBanner } from "../view/unauthenticated.js";
import { bodyRows, type Layout, layoutFor } from "./layout.js";
import { feedHead, feedLines } from "./sections/feed.js";
import { footerLine } from "./sections/footer.js";
import { gridLines } from "./sections/grid.js";
import { titleLine, verdictLine } from "./sections/header.js";
import { helpLines } from "./sections/help.js";
import { behaviourLines } from "./sections/overlays.js";
import { pageLines } from "./sections/page.js";
import { progressLines } from "./sections/progress.js";
import { pulseLine } from "./sections/pulse.js";
import { replicaLines, replicasHead } from "./sections/replicas.js";
import { slotLines, slotsHead } from "./sections/slots.js";
import { tabsLine } from "./sections/tabs.js";
import type { DashboardState } from "./state.js";

/** From so many rows on a list or the help begins with an empty one. */
const ROWS_FOR_GAP = 18;

/** The whole screen: exactly `rows - 1` lines, none wider than the terminal. Pure. */
export function frameOf(state: DashboardState): Line[] {
  const matters = progressLines(state.cluster);
  const layout = layoutFor(state, matters.length);
  const { columns } = layout;
  const lines = [
    ...some(layout.banner, () => [authBanner(columns)]),
    ...some(layout.title, () => [titleLine(state.cluster, columns)]),
    ...some(layout.verdict, () => [verdictLine(state.cluster, columns, layout.pulse === 0)]),
    ...some(layout.pulse, () => [pulseLine(state.cluster, columns)]),
    ...some(layout.tabs, () => [tabsLine(state, columns)]),
    ...exactly(bodyRows(layout), body(state, layout, matters)),
    ...some(layout.footer, () => [footerLine(state, columns)]),
  ];
  return exactly(layout.height, lines).map((line) => fitLine(line.map(shown), columns));
}

/** Whatever a replica, a client or a trace has put into it: the terminal obeys nothing of it. */
function shown(part: Span): Span {
  const text = printable(part.text);
  return text === part.text ? part : { ...part, text };
}

function body(state: DashboardState, layout: Layout, matters: readonly Line[]): Line[] {
  const { columns } = layout;
  const rows = bodyRows(layout);
  if (state.mode.kind === "help") return spaced(rows, (left) => helpLines(state, columns, left));
  const { mode } = state;
  if (mode.kind === "behaviours") return spaced(rows, (left) => behaviourLines(state, mode, columns, left));
  switch (state.page) {
    case "overview":
      return overview(state, layout, matters);
    case "slots":
      return gridLines(state, columns, rows);
    case "replica":
    case "links":
    case "chart": {
      const lines = pageLines(state, columns);
      const first = Math.max(0, Math.min(state.scroll, lines.length - rows));
      return lines.length < rows - 2 ? [[], ...lines] : lines.slice(first, first + rows);
    }
  }
}

/** Below an empty row, where there is room for one. */
function spaced(rows: number, make: (left: number) => Line[]): Line[] {
  const gap: Line[] = rows > ROWS_FOR_GAP ? [[]] : [];
  return [...gap, ...make(rows - gap.length)];
}

function overview(state: DashboardState, layout: Layout, matters: readonly Line[]): Line[] {
  const { cluster } = state;
  const { columns } = layout;
  return [
    ...exactly(layout.gapBeforeTable, []),
    ...some(layout.tableHead, () => [replicasHead(cluster, columns)]),
    ...exactly(layout.table, replicaLines(state, columns, layout.table)),
    ...matters.slice(0, layout.progress),
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
function exactly(rows: number, lines: readonly Line[]): Line[] {
  return Array.from({ length: rows }, (_, index) => lines[index] ?? []);
}
