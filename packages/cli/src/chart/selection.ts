/** What a chart is about. */
export type Selection =
  | { readonly kind: "seq"; readonly seq: number }
  | { readonly kind: "view"; readonly view: number }
  /** The last so many sequence numbers. */
  | { readonly kind: "last"; readonly count: number };

/** What a chart is drawn from, beside the events. */
export interface ChartFacts {
  readonly protocol: string;
  readonly replicas: number;
  readonly faults: number;
}

/** Requests of one slot that are drawn; the others are counted. */
export const REQUESTS_DRAWN = 3;
/** Slots that one chart may have. */
export const SLOTS_MAX = 100;
/** Events that one chart may be made of. */
export const EVENTS_MAX = 20_000;
