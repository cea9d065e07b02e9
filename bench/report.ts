/** One measured figure. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The value divided by the section's baseline; null for the baseline itself and where there is none. */
  readonly ratio: number | null;
  /** What is compared with, or a remark. */
  readonly note: string;
}

export interface Section {
  readonly title: string;
  /** What it shows, how it is measured, what is required. */
  readonly about: string;
  readonly rows: readonly Row[];
}

export function row(what: string, value: number, unit: string, baseline: number | null = null, note = ""): Row {
  return { what, value, unit, ratio: baseline === null ? null : value / baseline, note };
}

export function sectionText({ title, rows }: Section): string {
  const cells = rows.map((each) => [
    each.what,
    figure(each.value),
    each.unit,
    each.ratio === null ? "" : `x ${figure(each.ratio)}`,
    each.note,
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((cell) => (cell[column] ?? "").length)));
  const lines = cells.map((cell) =>
    cell
      .map((text, column) =>
        column === 1 || column === 3 ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  return `${title}\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
}

export function sectionMarkdown({ title, about, rows }: Section): string {
  const lines = rows.map(
    (each) =>
      `| ${each.what} | ${figure(each.value)} ${each.unit} | ${each.ratio === null ? "" : `× ${figure(each.ratio)}`} | ${each.note} |`,
  );
  return `## ${title}\n\n${about}\n\n| what | figure | ratio | |\n| --- | ---: | ---: | --- |\n${lines.join("\n")}\n`;
}

/** Three significant digits. */
function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

/** Microseconds of wall clock for one call of `work`: the lowest of five runs of `count` calls. */
export function microseconds(count: number, work: (i: number) => void): number {
  for (let i = 0; i < Math.min(count, 1000); i++) work(i);
  const runs = Array.from({ length: 5 }, () => {
    const began = performance.now();
    for (let i = 0; i < count; i++) work(i);
    return ((performance.now() - began) * 1000) / count;
  });
  return Math.min(...runs);
}
