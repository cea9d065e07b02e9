import type { ClusterConfig } from "@bft/replica";
import type { CheckLine, CheckReport, CheckVerdict } from "../services/check-report.js";
import { type Line, span, type Tone } from "./line.js";
import { cut, fit, printable, replicasNamed, wrapped } from "./text.js";

const TONES: Readonly<Record<CheckVerdict, Tone>> = { holds: "good", violated: "bad", unknown: "warn" };
/** The longest verdict. */
const VERDICT_WIDTH = "violated".length;
/** As much of an explanation is shown; all of it is in the JSON. */
const WHY_LENGTH_MAX = 2_000;

/** A row a check: its name, whether it holds, what was looked at; below it why not. The verdict is the last row. */
export function checkLines({ verdict, summary, liars, checks }: CheckReport, width: number): readonly Line[] {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const indent = nameWidth + VERDICT_WIDTH + 4;
  return [
    ...checks.flatMap((each) => rows(each, nameWidth, indent, width)),
    ...(liars.length === 0 ? [] : [[span(`not judged, because it lied at some time: ${replicasNamed(liars)}`, "dim")]]),
    [span(summary, TONES[verdict])],
  ];
}

function rows({ name, verdict, looked, why }: CheckLine, nameWidth: number, indent: number, width: number): readonly Line[] {
  const head = [span(`${fit(name, nameWidth)}  `), span(fit(verdict, VERDICT_WIDTH), TONES[verdict]), span(`  ${looked}`, "dim")];
  if (why === null) return [head];
  const text = cut(why, WHY_LENGTH_MAX);
  const parts = text.split("\n").flatMap((part) => wrapped(printable(part), Math.max(20, width - indent)));
  return [head, ...parts.map((part) => [span(" ".repeat(indent)), span(part, verdict === "violated" ? "bad" : "warn")])];
}

/** `{dir, auth, verdict, summary, liars, checks}`: stable, fields are added, never changed. */
export function checkJson(dir: string | null, auth: ClusterConfig["auth"] | null, report: CheckReport) {
  return { dir, auth, ...report };
}

/** 0 holds, 1 violated, 2 unknown. */
export function checkExitCode({ verdict }: CheckReport): 0 | 1 | 2 {
  return verdict === "holds" ? 0 : verdict === "violated" ? 1 : 2;
}
