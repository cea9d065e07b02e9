/** What came out of looking: it holds, it was broken, or there is not enough to tell. */
export type CheckVerdict = "holds" | "violated" | "unknown";

/** One thing that was checked. Plain JSON data. */
export interface CheckLine {
  readonly name: string;
  readonly verdict: CheckVerdict;
  /** What was looked at, with counts. */
  readonly looked: string;
  /** Who, where and what when it was broken, what is missing when it is unknown; else null. */
  readonly why: string | null;
  /** The replicas that it speaks of. */
  readonly replicas: readonly number[];
  readonly seq: number | null;
}

export interface CheckReport {
  readonly verdict: CheckVerdict;
  /** One sentence. */
  readonly summary: string;
  /** Replicas that lied at some time: they are not judged. */
  readonly liars: readonly number[];
  readonly checks: readonly CheckLine[];
}

export function line(name: string, looked: string): CheckLine {
  return { name, verdict: "holds", looked, why: null, replicas: [], seq: null };
}

/** The same, unless it was broken: a proof stays one, whatever else is missing. */
export function orUnknown(checked: CheckLine, why: string | null): CheckLine {
  return why === null || checked.verdict === "violated" ? checked : { ...checked, verdict: "unknown", why };
}

export function reportOf(checks: readonly CheckLine[], liars: readonly number[]): CheckReport {
  const broken = checks.filter(({ verdict }) => verdict === "violated");
  const open = checks.filter(({ verdict }) => verdict === "unknown");
  const verdict = broken.length > 0 ? "violated" : open.length > 0 ? "unknown" : "holds";
  return { verdict, summary: summaryOf(checks, broken, open), liars, checks };
}

function summaryOf(all: readonly CheckLine[], broken: readonly CheckLine[], open: readonly CheckLine[]): string {
  const names = (lines: readonly CheckLine[]) => lines.map(({ name }) => name).join(", ");
  if (broken.length > 0) return `violated: ${names(broken)}`;
  if (open.length > 0)
    return `unknown: ${names(open)}; nothing is violated, ${all.length - open.length} of ${all.length} checks hold`;
  return all.length === 1 ? "holds" : `holds: all ${all.length} checks`;
}
