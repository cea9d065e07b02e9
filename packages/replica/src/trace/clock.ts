import { readFileSync } from "node:fs";

/**
 * Milliseconds of the clock that all processes of this machine share and that never goes back while it runs (CLOCK_MONOTONIC),
 * with microseconds as decimals. It means nothing on another machine, or after a reboot.
 */
export function traceNow(): number {
  return Math.round(Number(process.hrtime.bigint()) / 1000) / 1000;
}

/** Names the time between two starts of this machine: only times with the same name compare. Null where there is no such name. */
export function bootId(): string | null {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return null;
  }
}
