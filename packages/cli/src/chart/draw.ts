import type { TraceEvent } from "@bft/core";
import { chartOfCollected } from "./build.js";
import type { Chart } from "./chart.js";
import { Collector } from "./collect.js";
import { type Known, ScopeFinder } from "./scope.js";
import type { ChartFacts, Selection } from "./selection.js";
import { soundEvent } from "./sound.js";

/** A chart, or what there is instead of what was asked for. */
export type Drawn = { readonly ok: true; readonly chart: Chart } | { readonly ok: false; readonly known: Known };

/**
 * The chart of a selection. `read` gives the events in causal order, and is called twice, so that a trace of any length is read in bounded
 * memory. Events that are not what they should be, such as those that a person wrote, are left out.
 */
export function drawn(facts: ChartFacts, selection: Selection, read: () => Iterable<TraceEvent>): Drawn {
  const finder = new ScopeFinder(selection);
  for (const event of soundOf(read(), facts)) finder.observe(event);
  const scope = finder.scope();
  if (scope === null) return { ok: false, known: finder.known() };
  const collector = new Collector(scope, facts.replicas);
  for (const event of soundOf(read(), facts)) collector.observe(event);
  return { ok: true, chart: chartOfCollected(facts, scope, collector.collected()) };
}

function* soundOf(events: Iterable<TraceEvent>, { replicas }: ChartFacts): Generator<TraceEvent> {
  for (const event of events) {
    const sound = soundEvent(event, replicas);
    if (sound !== null) yield sound;
  }
}
