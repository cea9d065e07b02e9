import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** What a ring of segments may take on the disk. */
export interface RingBounds {
  readonly segmentBytesMax: number;
  readonly totalBytesMax: number;
  /** Each start begins a segment: what starts over and over must not fill the folder with files. */
  readonly segmentsMax: number;
}

/** Files of one folder that are numbered from 0 on, of which the oldest go when there are too many. */
export interface Ring {
  readonly folder: string;
  /** Of the file names, without the dot. */
  readonly ending: string;
}

export function ringFile({ folder, ending }: Ring, segment: number): string {
  return join(folder, `${String(segment).padStart(6, "0")}.${ending}`);
}

/** Numbers of the segments that there are, ascending; none when there is no folder. */
export function ringSegments({ folder, ending }: Ring): readonly number[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => numberIn(name, ending) ?? []).sort((a, b) => a - b);
}

/** Deletes the oldest segments, so that a new one has room. */
export function makeRoom(ring: Ring, bounds: RingBounds): void {
  const segments = ringSegments(ring).map((segment) => {
    const path = ringFile(ring, segment);
    return { path, bytes: statSync(path).size };
  });
  let total = segments.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const [index, { path, bytes }] of segments.entries()) {
    const left = segments.length - index;
    if (total <= bounds.totalBytesMax - bounds.segmentBytesMax && left < bounds.segmentsMax) return;
    rmSync(path, { force: true });
    total -= bytes;
  }
}

/** The number in a name of ours, or null. */
function numberIn(name: string, ending: string): number | null {
  const [number = "", rest] = name.split(".", 2);
  return /^\d+$/.test(number) && name === `${number}.${ending}` && rest === ending ? Number(number) : null;
}
