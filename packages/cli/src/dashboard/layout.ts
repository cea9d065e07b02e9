import { isUnauthenticated } from "../view/unauthenticated.js";
import type { DashboardState } from "./state.js";

/** How many rows each part of the screen gets. All are whole and >= 0, and together they are exactly `height`. */
export interface Layout {
  /** Rows in use: one less than the terminal has, so that writing the last one never scrolls. */
  readonly height: number;
  readonly columns: number;
  /** That nothing is authenticated: before all else, even where there is one row only. */
  readonly banner: number;
  readonly title: number;
  readonly verdict: number;
  /** Throughput, latency and the next checkpoint. */
  readonly pulse: number;
  /** The names of the pages. */
  readonly tabs: number;
  readonly gapBeforeTable: number;
  readonly tableHead: number;
  /** Rows of replicas; fewer than there are replicas on a very small terminal: then they scroll. */
  readonly table: number;
  /** What is on its way: a view change, a transfer; and who is convicted. */
  readonly progress: number;
  readonly gapBeforeSlots: number;
  readonly slotsHead: number;
  readonly slots: number;
  readonly gapBeforeFeed: number;
  readonly feedHead: number;
  readonly feed: number;
  readonly footer: number;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The most slots that are shown: what a replica tells is no more than 32, and a person follows fewer. */
const SLOTS_MAX = 16;
/** The most rows for what is on its way. */
const MATTERS_MAX = 4;
/** Rows of a screen from which on the names of the pages get one, on every page alike. */
const TABS_FROM = 16;
/** From here on there is room for rows that one can do without. */
const COMFORTABLE = 10;
/** From here on more empty rows between the parts cost nothing that is missed. */
const ROOMY = 20;

/**
 * What the parts of the overview get when there are `rows` to give; asked for in the order of what a person needs most. `matters`:
 * how many rows there are to say of what is on its way; `banner`: 1 for a warning above all. Other pages have the same first rows and the
 * same last one.
 */
export function layoutOf({ columns, rows }: Size, replicas: number, matters: number, banner: 0 | 1): Layout {
  const height = Math.max(1, rows - 1);
  let left = height;
  const take = (wanted: number): number => {
    const got = Math.max(0, Math.min(wanted, left));
    left -= got;
    return got;
  };
  const warning = take(banner);
  const verdict = take(1);
  const footer = take(1);
  const firstRow = take(1);
  const title = take(1);
  const tableHead = take(1);
  const table = firstRow + take(replicas - firstRow);
  const tabs = height >= TABS_FROM ? take(1) : 0;
  const pulse = left >= COMFORTABLE ? take(1) : 0;
  const progress = take(Math.min(matters, Math.max(0, Math.min(MATTERS_MAX, left - 2))));
  const gaps = left >= ROOMY ? 1 : 0;
  const gapBeforeTable = take(gaps);
  const gapBeforeSlots = left >= COMFORTABLE ? take(1) : 0;
  const gapBeforeFeed = take(gaps);
  const slotsHead = left >= 4 ? take(1) : 0;
  const feedHead = left >= 2 ? take(1) : 0;
  const slots = slotsHead === 0 ? 0 : take(Math.min(SLOTS_MAX, Math.ceil(left / 2)));
  const feed = take(left);
  return {
    height,
    columns,
    banner: warning,
    title,
    verdict,
    pulse,
    tabs,
    gapBeforeTable,
    tableHead,
    table,
    progress,
    gapBeforeSlots,
    slotsHead,
    slots,
    gapBeforeFeed,
    feedHead,
    feed,
    footer,
  };
}

/** The layout of what is shown now. */
export function layoutFor({ size, cluster }: Pick<DashboardState, "size" | "cluster">, matters: number): Layout {
  return layoutOf(size, cluster.replicas.length, matters, isUnauthenticated(cluster.facts) ? 1 : 0);
}

/** The rows between the names of the pages and the footer: what a page, a list or the help fills. */
export function bodyRows(layout: Layout): number {
  const { height, banner, title, verdict, pulse, tabs, footer } = layout;
  return height - banner - title - verdict - pulse - tabs - footer;
}

/** The first of `shown` rows out of `total`, so that row `chosen` is among them. */
export function firstShown(total: number, shown: number, chosen: number): number {
  if (total <= shown) return 0;
  return Math.max(0, Math.min(total - shown, chosen - Math.floor(shown / 2)));
}
