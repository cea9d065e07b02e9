/** Checkpoint intervals of the log that are kept at the most for replicas which are behind, and bytes of values in them. */
export const INTERVALS_KEPT = 16;
const BYTES_KEPT = 32 << 20;

/**
 * From where on the log must stay for a replica that has everything up to `wanted`, or is being sent the state at `wanted`: a snapshot
 * takes a while to travel, and is of use only with what follows it. Bounded, so that nobody who is away for long makes the log grow.
 * @param latest the last executed entry
 * @param bytesAt bytes of the value at a number
 * @returns the last number that may go, at most `latest`
 */
export function forgettableUpTo(wanted: number, latest: number, interval: number, bytesAt: (seq: number) => number): number {
  const lowest = Math.max(wanted, latest - INTERVALS_KEPT * interval, 0);
  let bytes = 0;
  for (let seq = latest; seq > lowest; seq--) {
    bytes += bytesAt(seq);
    if (bytes > BYTES_KEPT) return seq;
  }
  return Math.min(lowest, latest);
}
