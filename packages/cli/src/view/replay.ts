import type { FoundDivergence, ReplayedLife, ReplayReport } from "../services/replay.js";
import { type Line, span } from "./line.js";
import { clockTime, timeSpan } from "./numbers.js";
import { wordsOf } from "./protocol-words.js";
import { effectText, inputText, kindsText, notDoneText, type Teller } from "./replay-words.js";
import { counted, printable, wrapped } from "./text.js";

/** What was replayed, besides what came of it. */
export interface ReplayFacts extends Teller {
  /** When the last input was taken, in milliseconds of the calendar clock; null when nobody can tell any more. */
  readonly untilMs: number | null;
  readonly nowMs: number;
  readonly running: boolean;
  /** Says which cluster, for a command that a message proposes. */
  readonly dirFlag: string;
}

/** A running replica takes inputs several times a second. */
const SILENT_MS = 10_000;
const INDENT = 2;

export type ReplayVerdict = "same" | "diverged" | "unknown";

/** A row a life, what differs, and the sum. @param width columns */
export function replayLines(report: ReplayReport, facts: ReplayFacts, width: number): readonly Line[] {
  const { lives, unreadable } = report;
  const divergences = lives.flatMap(({ life, divergence }) => (divergence === null ? [] : [{ life, divergence }]));
  return [
    ...paragraph(headText(report, facts), width, 0),
    ...lives.flatMap((life) => lifeLines(life, facts, width)),
    ...(unreadable === 0
      ? []
      : paragraph(`${counted(unreadable, "file")} of the recording can not be read at all`, width, 0, "warn")),
    ...divergences.flatMap(({ life, divergence }) => divergenceLines(life, divergence, facts, width)),
    verdictLine(report),
  ];
}

export function replayVerdict({ lives, unreadable }: ReplayReport): ReplayVerdict {
  if (lives.some(({ divergence }) => divergence !== null)) return "diverged";
  return unreadable > 0 || lives.some(({ notDone }) => notDone !== null) ? "unknown" : "same";
}

/** 0: all of it was done again, and nothing differs. 1: something does. 2: not all of it could be done again. */
export function replayExitCode(report: ReplayReport): 0 | 1 | 2 {
  const verdict = replayVerdict(report);
  return verdict === "same" ? 0 : verdict === "diverged" ? 1 : 2;
}

function headText({ lives }: ReplayReport, { protocol, replica, untilMs, nowMs, running }: ReplayFacts): string {
  const head = `replica ${replica} (${protocol}), ${counted(lives.length, "life", "lives")} recorded`;
  if (untilMs === null) return `${head}, before this machine was started`;
  const age = Math.max(0, nowMs - untilMs);
  const stopped = running && age > SILENT_MS ? "; it runs, but records no more: its log says why" : "";
  return `${head}, until ${clockTime(untilMs)}, ${timeSpan(age)} ago${stopped}`;
}

function lifeLines(life: ReplayedLife, facts: ReplayFacts, width: number): readonly Line[] {
  const { notDone, inputsGone, inputs, inputsDone, effects, viewsEntered, statesInstalled, tornBytes, reached } = life;
  const words = wordsOf(facts.protocol);
  const restart = `bft restart ${facts.replica}${facts.dirFlag}`;
  const name = `life ${life.life}`;
  const rows: Line[] = [];
  if (inputsDone > 0) {
    const range = inputsDone === inputs ? counted(inputs, "input") : `${inputsDone} of ${counted(inputs, "input")}`;
    const parts = [
      `${range} and ${counted(effects, "effect")} done again`,
      ...(viewsEntered === 0 ? [] : [`entered ${counted(viewsEntered, words.view)}`]),
      ...(statesInstalled === 0 ? [] : [`installed ${counted(statesInstalled, "state")} of others`]),
    ];
    const end =
      reached === null
        ? ""
        : `; came to ${words.view} ${reached.view}, executed ${reached.lastExecuted}, ${words.checkpoint} ${reached.lowWaterMark}`;
    rows.push(...named(name, `${parts.join(", ")}${end}`, width, "plain"));
  }
  if (notDone !== null && notDone.kind !== "diverged") {
    const what = inputsDone > 0 ? "the rest can not be done again" : `${counted(inputs, "input")}, can not be done again`;
    rows.push(...named(inputsDone > 0 ? "" : name, `${what}: ${notDoneText(notDone, inputsGone, restart)}`, width, "warn"));
  }
  if (inputs === 0 && notDone === null) rows.push(...named(name, "no input is recorded", width, "plain"));
  if (tornBytes > 0 && notDone === null)
    rows.push(
      ...named("", `its last ${counted(tornBytes, "byte")} were not written whole, as of a process that is killed`, width, "dim"),
    );
  return rows;
}

function divergenceLines(life: number, divergence: FoundDivergence, facts: ReplayFacts, width: number): readonly Line[] {
  const { number, input, index, recorded, now, thrown, recordedKinds, effects } = divergence;
  const { replica, dirFlag } = facts;
  const effect = effects[index];
  const text = (row: string) => paragraph(row, width, INDENT);
  return [
    [],
    ...paragraph(`differs: life ${life}, input ${number}: ${inputText(input, facts)}`, width, 0, "bad"),
    ...text(`recorded: ${kindsText(recordedKinds)}`),
    ...text(`now:      ${thrown === null ? kindsText(effects.map(({ kind }) => kind)) : `it throws: ${printable(thrown)}`}`),
    ...(thrown === null
      ? text(
          `effect ${index + 1}: ${recorded ?? "none"} was recorded, ${now ?? "none"} came${effect === undefined ? "" : ` (${effectText(effect, facts)})`}${recorded === now ? "; of the same kind, with another content" : ""}`,
        )
      : []),
    ...paragraph(
      `Equal inputs must give equal effects: unless bft was changed since this was recorded, that is a bug of bft. Please report it, with bft --version and the output of: bft replay ${replica} --life ${life} --to ${number} --json${dirFlag}. Keep the folder of the cluster: with it (its keys are in it) the bug can be seen again.`,
      width,
      0,
    ),
    [],
  ];
}

function verdictLine(report: ReplayReport): Line {
  const { lives } = report;
  const sum = (count: (life: ReplayedLife) => number) => lives.reduce((all, life) => all + count(life), 0);
  const differing = lives.filter(({ divergence }) => divergence !== null).length;
  const done = `${counted(
    sum(({ inputsDone }) => inputsDone),
    "input",
  )}, ${counted(
    sum(({ effects }) => effects),
    "equal effect",
  )}, ${differing} differing`;
  switch (replayVerdict(report)) {
    case "same":
      return [span(`the same: ${done}`, "good")];
    case "diverged":
      return [span(`not the same: ${done}`, "bad")];
    case "unknown":
      return lives.some(({ inputsDone }) => inputsDone > 0)
        ? [span(`the same as far as it could be done again, which is not everywhere: ${done}`, "warn")]
        : [span("nothing could be done again", "warn")];
  }
}

function named(name: string, text: string, width: number, tone: "plain" | "warn" | "dim"): readonly Line[] {
  const indent = "life 000  ".length;
  const rows = wrapped(printable(text), Math.max(20, width - indent));
  return rows.map((row, index) => [span((index === 0 ? name : "").padEnd(indent), "strong"), span(row, tone)]);
}

function paragraph(text: string, width: number, indent: number, tone: "plain" | "warn" | "bad" = "plain"): readonly Line[] {
  const rows = wrapped(printable(text), Math.max(20, width - indent));
  return rows.map((row) => [span(" ".repeat(indent) + row, tone)]);
}

/** What `bft replay --json` answers. Stable: fields are added, never changed. */
export function replayJson(report: ReplayReport, facts: ReplayFacts) {
  const { protocol, replica, running, untilMs } = facts;
  return {
    replica,
    protocol,
    running,
    verdict: replayVerdict(report),
    until: untilMs === null ? null : new Date(untilMs).toISOString(),
    unreadable: report.unreadable,
    lives: report.lives.map(({ divergence, until: _, boot: __, notDone, reached, ...life }) => ({
      ...life,
      notDone,
      reached:
        reached === null ? null : { view: reached.view, lastExecuted: reached.lastExecuted, lowWaterMark: reached.lowWaterMark },
      divergence: divergence === null ? null : divergenceJson(divergence, facts),
    })),
  };
}

function divergenceJson({ number, input, index, recordedKinds, effects, thrown }: FoundDivergence, teller: Teller) {
  return {
    number,
    input: inputText(input, teller),
    index,
    recorded: recordedKinds,
    now: effects.map(({ kind }) => kind),
    thrown,
  };
}
