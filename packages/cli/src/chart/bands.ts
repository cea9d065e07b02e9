import type { Band, Chart, Phase } from "./chart.js";
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

/** The band of each row. */
export function bandsByRow({ rows, bands }: Pick<Chart, "rows" | "bands">): readonly (Band | null)[] {
  const found: (Band | null)[] = rows.map(() => null);
  for (const band of bands) found.fill(band, band.from, band.to + 1);
  return found;
}

function goesOn(band: Band, { phase, seq }: RowTopic): boolean {
  return seq === band.seq && rankOf(phase) <= rankOf(band.phase);
}
