import type { TraceEvent } from "@bft/core";

/** Events of several streams, each in order of time, in order of time; of equal times the earlier stream's first. */
export function* mergedByTime(streams: readonly Iterable<TraceEvent>[]): Generator<TraceEvent> {
  const heads = streams.map((stream) => {
    const iterator = stream[Symbol.iterator]();
    return { iterator, next: iterator.next() };
  });
  for (;;) {
    let earliest: (typeof heads)[number] | null = null;
    let at = Number.POSITIVE_INFINITY;
    for (const head of heads) {
      if (head.next.done === true || head.next.value.at >= at) continue;
      earliest = head;
      at = head.next.value.at;
    }
    if (earliest === null || earliest.next.done === true) return;
    yield earliest.next.value;
    earliest.next = earliest.iterator.next();
  }
}
