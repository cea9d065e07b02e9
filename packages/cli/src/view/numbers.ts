const steps = [
  { from: 1e9, unit: "G" },
  { from: 1e6, unit: "M" },
  { from: 1e3, unit: "k" },
] as const;

/** A count in at most five characters: 0, 950, 12.3k, 4.6M. For people; exact numbers are in the JSON. */
export function compact(value: number): string {
  for (const { from, unit } of steps) {
    if (value < from) continue;
    const scaled = value / from;
    return `${scaled >= 100 ? Math.floor(scaled) : Math.floor(scaled * 10) / 10}${unit}`;
  }
  return String(Math.round(value));
}

/** A time span as a person says it: 4.2 ms, 350 ms, 1.5 s, 2 min 5 s. */
export function timeSpan(ms: number): string {
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${Math.round(ms / 100) / 10} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The time of day of this machine, `14:05:09`. */
export function clockTime(atMs: number): string {
  const at = new Date(atMs);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
