import { reachOf } from "../watch/grid.js";
import { chartedSlot } from "./chart-view.js";
import type { Key } from "./keys.js";
import { bodyRows, layoutFor } from "./layout.js";
import { type Page, pageBeside } from "./pages.js";
import { gridWidth } from "./sections/grid.js";
import { pageLines } from "./sections/page.js";
import type { DashboardState } from "./state.js";

/** The state after a key that turns pages or moves on one; null for a key that means the same everywhere. */
export function pageKey(state: DashboardState, key: Key): DashboardState | null {
  switch (key.kind) {
    case "tab":
      return turnedTo(state, pageBeside(state.page, 1));
    case "backtab":
      return turnedTo(state, pageBeside(state.page, -1));
    case "enter":
      return state.page === "chart" ? drawnAnew(state) : turnedTo(state, "replica");
    case "escape":
      return state.page === "overview" ? state : turnedTo(state, state.cameFrom);
    case "page-up":
      return scrolled(state, -pageHeight(state));
    case "page-down":
      return scrolled(state, pageHeight(state));
  }
  return state.page === "slots" || state.page === "chart" ? slotKey(state, key) : null;
}

/** Opens a page at its beginning. Escape goes back to the page from which one came to a replica, else to the overview. */
export function turnedTo(state: DashboardState, page: Page): DashboardState {
  if (page === state.page) return state;
  const opened = (each: Page) => each === "replica" || each === "chart";
  const cameFrom = opened(state.page) ? state.cameFrom : state.page;
  return { ...state, page, cameFrom: opened(page) ? cameFrom : "overview", scroll: 0 };
}

/** What is drawn counts as old from now on; it stays on the screen until the new one is there. */
function drawnAnew(state: DashboardState): DashboardState {
  const { drawn } = state.chart;
  return { ...state, chart: { ...state.chart, drawn: drawn && { ...drawn, columns: 0, atMs: 0, tookMs: 0 } } };
}

/** Left and right go from slot to slot. On the chart, which is high, up and down scroll. */
function slotKey(state: DashboardState, key: Key): DashboardState | null {
  switch (key.kind) {
    case "left":
      return pointed(state, -1);
    case "right":
      return pointed(state, 1);
    case "home":
      return { ...state, cursor: reach(state)?.first ?? null, scroll: 0 };
    case "end":
      return { ...state, cursor: null, scroll: 0 };
    case "up":
      return state.page === "chart" ? scrolled(state, -1) : null;
    case "down":
      return state.page === "chart" ? scrolled(state, 1) : null;
    default:
      return null;
  }
}

function reach({ cluster, size }: DashboardState) {
  return reachOf(cluster.replicas, cluster.facts.quorum, gridWidth(size.columns));
}

/** A step over the newest slot leads back to whichever is the newest. */
function pointed(state: DashboardState, step: 1 | -1): DashboardState {
  const there = reach(state);
  if (there === null) return state;
  const present = state.cursor ?? (state.page === "chart" ? (chartedSlot(state) ?? there.last) : there.last);
  const cursor = Math.max(there.first, present + step);
  return { ...state, cursor: cursor > there.last ? null : cursor, scroll: 0 };
}

function pageHeight(state: DashboardState): number {
  return Math.max(1, bodyRows(layoutFor(state, 0)) - 1);
}

/** Not beyond the last row of the page. */
function scrolled(state: DashboardState, rows: number): DashboardState {
  const room = bodyRows(layoutFor(state, 0));
  const most = Math.max(0, pageLines(state, state.size.columns).length - room);
  return { ...state, scroll: Math.max(0, Math.min(most, state.scroll + rows)) };
}
