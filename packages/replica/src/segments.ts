import { readdirSync } from "node:fs";
import { join } from "node:path";
import { FileLog } from "./durable-log.js";

const SEGMENT = /^protocol-(\d+)\.log$/;

/** Name of the segment whose records follow the checkpoint at `seq`. */
export function segmentName(seq: number): string {
  return `protocol-${seq}.log`;
}

export function isSegment(name: string): boolean {
  return SEGMENT.test(name);
}

/** Sequence numbers of the segments in a replica's folder, ascending. */
export function segmentsIn(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => SEGMENT.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Marks the folder of a replica that has never run: one without a segment has lost what it had. */
export async function initialiseFolder(folder: string): Promise<void> {
  const log = await FileLog.create(join(folder, segmentName(0)), [], "fsync");
  log.close();
}
