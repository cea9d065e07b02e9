import type { Band, Phase } from "./chart.js";
import { phaseName, rankOf } from "./topic.js";

/** What a row is about. */
export interface RowTopic {
  readonly phase: Phase;
  readonly seq: number | null;
}

/**
 * Rows next to each other of one phase of one slot are a band. What comes late, such as the last prepares, stands in the band of the
 * phase that its slot is in then.
 */
export function bandsOf(topics: readonly RowTopic[], protocol: string): readonly Band[] {
  const bands: Band[] = [];
  for (const [row, topic] of topics.entries()) {
    const last = bands.at(-1);
    if (last !== undefined && goesOn(last, topic)) bands[bands.length - 1] = { ...last, to: row };
    else bands.push({ ...topic, name: phaseName(topic.phase, protocol), from: row, to: row });
  }
  return bands;
}

function goesOn(band: Band, { phase, seq }: RowTopic): boolean {
  return seq === band.seq && rankOf(phase) <= rankOf(band.phase);
}
