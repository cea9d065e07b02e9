const unitsMs: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

export type ParsedDuration = { readonly ok: true; readonly ms: number } | { readonly ok: false; readonly error: string };

/** A time span as people type it: `500ms`, `10s`, `1.5m`, `1h`. More than 0, at most a day; the result is a whole number of milliseconds. */
export function parseDuration(text: string): ParsedDuration {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  if (!match) return refused(`"${text}" is not a time span`);
  const [, digits = "", unit = ""] = match;
  if (unit === "")
    return { ok: false, error: `"${text}" has no unit; write ${digits}s for seconds or ${digits}ms for milliseconds` };
  const unitMs = unitsMs.get(unit.toLowerCase());
  if (unitMs === undefined) return refused(`"${text}" has an unknown unit`);
  const ms = Math.round(Number(digits) * unitMs);
  if (ms < 1) return refused(`"${text}" is too short`);
  if (ms > 24 * 3_600_000) return { ok: false, error: `"${text}" is too long; the longest is 24h` };
  return { ok: true, ms };
}

function refused(what: string): ParsedDuration {
  return { ok: false, error: `${what}; write it like 500ms, 10s or 1m` };
}
