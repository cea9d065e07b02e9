import type { FeedTone } from "../watch/feed.js";
import { type ClusterFacts, type ClusterModel, newModel } from "../watch/model.js";
import type { WatchAction } from "../watch/observe.js";
import { type ChartView, type DrawnChart, noChart } from "./chart-view.js";
import type { Key } from "./keys.js";
import type { Size } from "./layout.js";
import type { Page } from "./pages.js";

/** Everything that the screen shows. Changed by `reduce` alone. */
export interface DashboardState {
  readonly cluster: ClusterModel;
  readonly size: Size;
  /** Whether leaving the dashboard stops the cluster. */
  readonly owned: boolean;
  readonly selected: number;
  readonly page: Page;
  /** Where Escape leads from a page that was opened from another one. */
  readonly cameFrom: Page;
  /** The slot that is pointed at; null: the newest, whichever that is. */
  readonly cursor: number | null;
  /** Rows of a long page that are above the screen. */
  readonly scroll: number;
  readonly chart: ChartView;
  readonly mode: Mode;
  /** Operations typed before, oldest first. */
  readonly history: readonly string[];
  /** What is being done to a replica right now, by its id: `restarting`. */
  readonly busy: Readonly<Record<number, string>>;
  readonly behaviours: readonly BehaviourChoice[];
}

/** A way to lie, as `@bft/sim/byzantine` lists it. */
export interface BehaviourChoice {
  readonly name: string;
  /** What it is about: the title it stands under. */
  readonly group: string;
  readonly summary: string;
  readonly holds: string;
}

export type Mode =
  | { readonly kind: "watch" }
  | { readonly kind: "help" }
  /** Typing an operation. `cursor` counts characters; `recalled` is the place in the history, or null for a new text. */
  | { readonly kind: "typing"; readonly text: string; readonly cursor: number; readonly recalled: number | null }
  /** Choosing how the replica lies: `chosen` is a place in what `filter` leaves of the menu (behaviour-menu.ts). */
  | { readonly kind: "behaviours"; readonly replica: number; readonly chosen: number; readonly filter: string };

export type DashboardAction =
  | WatchAction
  | { readonly kind: "key"; readonly key: Key; readonly atMs: number }
  | { readonly kind: "resize"; readonly size: Size }
  | { readonly kind: "note"; readonly atMs: number; readonly text: string; readonly tone: FeedTone }
  /** The chart of this slot is done, or could not be drawn. */
  | { readonly kind: "chart"; readonly drawn: DrawnChart }
  /** A command on a replica began, or ended with null. */
  | { readonly kind: "busy"; readonly replica: number; readonly doing: string | null };

/** What a key asks for that the reducer cannot do itself. */
export type Command =
  | { readonly kind: "quit" }
  | { readonly kind: "redraw" }
  | { readonly kind: "kill"; readonly replica: number }
  | { readonly kind: "restart"; readonly replica: number }
  | { readonly kind: "pause"; readonly replica: number }
  | { readonly kind: "resume"; readonly replica: number }
  | { readonly kind: "behave"; readonly replica: number; readonly behaviour: string | null }
  | { readonly kind: "submit"; readonly operation: string }
  /** Draw the chart of this slot; `newest`: it is that because it is the newest that was executed. */
  | { readonly kind: "chart"; readonly seq: number; readonly newest: boolean; readonly columns: number };

export interface Transition {
  readonly state: DashboardState;
  readonly commands: readonly Command[];
}

export interface StartOptions {
  readonly facts: ClusterFacts;
  readonly size: Size;
  readonly owned: boolean;
  readonly behaviours: readonly BehaviourChoice[];
  readonly nowMs: number;
}

/** What is shown first. */
export interface Beginning {
  readonly page: Page;
  /** The replica that is selected. */
  readonly replica: number;
  /** The slot that is pointed at; null: the newest. */
  readonly seq: number | null;
}

const atTheOverview: Beginning = { page: "overview", replica: 0, seq: null };

export function initialState(
  { facts, size, owned, behaviours, nowMs }: StartOptions,
  begin: Beginning = atTheOverview,
): DashboardState {
  return {
    cluster: newModel(facts, nowMs),
    size,
    owned,
    selected: begin.replica,
    page: begin.page,
    cameFrom: "overview",
    cursor: begin.seq,
    scroll: 0,
    chart: noChart,
    mode: { kind: "watch" },
    history: [],
    busy: {},
    behaviours,
  };
}
