import { glyphs } from "../../view/glyphs.js";
import { type Line, lineWidth, type Span, span, spread, type Tone } from "../../view/line.js";
import { wordsOf } from "../../view/protocol-words.js";
import { idSpans, stateGlyph } from "../../view/replica-cells.js";
import { checkpointOf, clusterCheckpoint } from "../../watch/checkpoint.js";
import { convictionsOf } from "../../watch/convicted.js";
import { type GridRange, gridRows, rangeOf, reachOf, type SlotPhase } from "../../watch/grid.js";
import type { ClusterModel, Observation } from "../../watch/model.js";
import { firstShown } from "../layout.js";
import type { DashboardState } from "../state.js";
import { joined } from "./parts.js";
import { slotDetail } from "./slot-detail.js";

/** Mark, sign, id and a gap before the first slot. */
const HEAD = 8;
/** From so many columns on a slot takes two, which is easier to look at. */
const WIDE_FROM = 110;
/** Rows around the replicas: where we are, the numbers, the marks, the meaning of the signs. */
const AROUND = 4;
/** Rows beside those of the replicas from which on an empty one comes first. */
const ROOMY = 24;
/** Numbers from one to the next that the ruler names. */
const RULER_EVERY = 10;

const looks: Readonly<Record<SlotPhase, readonly [sign: string, tone: Tone]>> = {
  nothing: [glyphs.off, "dim"],
  "pre-prepared": [glyphs.quarter, "warn"],
  prepared: [glyphs.half, "warn"],
  committed: [glyphs.most, "primary"],
  executed: [glyphs.on, "good"],
  contrary: [glyphs.lying, "lying"],
};

/** How many slots are beside each other on a screen of so many columns. */
export function gridWidth(columns: number): number {
  return Math.max(1, Math.floor((columns - HEAD - 1) / pitch(columns)));
}

function pitch(columns: number): 1 | 2 {
  return columns >= WIDE_FROM ? 2 : 1;
}

/** Each slot at each replica, the newest at the right, and below it what is known of the slot under the cursor. */
export function gridLines(state: DashboardState, columns: number, rows: number): Line[] {
  const { cluster, cursor } = state;
  const { replicas, facts } = cluster;
  const reach = reachOf(replicas, facts.quorum, gridWidth(columns));
  if (reach === null) return [[span(" no slot in use yet; submit an operation with: s", "dim")]];
  const range = rangeOf(reach, gridWidth(columns), cursor);
  const at = Math.max(range.first, Math.min(range.last, cursor ?? range.last));
  const shown = Math.max(1, Math.min(replicas.length, rows - AROUND));
  const grid = [
    ...(rows > replicas.length + ROOMY ? [[]] : []),
    whereLine(cluster, range, columns),
    rulerLine(range, columns),
    ...replicaRows(state, range, at, columns, shown),
    marksLine(cluster, range, at, columns),
    legendLine(cluster, columns),
  ].slice(0, rows);
  const left = rows - grid.length - 1;
  return left < 1 ? grid : [...grid, [], ...slotDetail(cluster, at, left)];
}

function whereLine({ replicas, facts }: ClusterModel, { first, last }: GridRange, columns: number): Line {
  const furthest = replicas.reduce((a, b) => (lowOf(b) > lowOf(a) ? b : a));
  const next = clusterCheckpoint(replicas);
  const window = furthest.status === null ? "" : `window: h ${lowOf(furthest)}, H ${furthest.status.machine.highWaterMark}`;
  const votes = next === null || next.votes.length === 0 ? "" : ` (${next.votes.length} of ${facts.quorum} votes)`;
  const checkpoint = next === null ? "" : `, next checkpoint ${next.seq}${votes}`;
  return spread([span(` slots ${first} to ${last}`, "strong")], [span(`${window}${checkpoint} `, "dim")], columns);
}

function lowOf({ status, answers }: Observation): number {
  return answers ? (status?.machine.lowWaterMark ?? 0) : 0;
}

/** The first number and every tenth, each over its slot. */
function rulerLine({ first, last }: GridRange, columns: number): Line {
  const step = pitch(columns);
  let text = `${" ".repeat(HEAD)}${first}`;
  for (let seq = Math.ceil((first + 1) / RULER_EVERY) * RULER_EVERY; seq <= last; seq += RULER_EVERY) {
    const column = HEAD + (seq - first) * step;
    // Numbers that touch would read as one, and a part of one as another.
    if (column > text.length && column + String(seq).length <= columns) text = text.padEnd(column) + String(seq);
  }
  return [span(text, "dim")];
}

function replicaRows(state: DashboardState, range: GridRange, at: number, columns: number, shown: number): Line[] {
  const { cluster, selected } = state;
  const convictions = convictionsOf(cluster.replicas);
  const first = firstShown(cluster.replicas.length, shown, selected);
  const visible = cluster.replicas.slice(first, first + shown);
  return gridRows(cluster.replicas, range)
    .slice(first, first + shown)
    .map(({ replica, phases }, index): Line => {
      const observed = visible[index];
      if (observed === undefined) return [];
      const head: Line = [
        span(replica === selected ? glyphs.chosen : " ", "strong"),
        span(" "),
        stateGlyph(observed),
        span(" "),
        ...idSpans(replica, convictions),
        span(" "),
      ];
      return [...head, ...cells(phases, at - range.first, pitch(columns), observed.answers)];
    });
}

/** One sign a slot; neighbours that look the same become one span. What a silent replica said last is dim. */
function cells(phases: readonly SlotPhase[], at: number, step: 1 | 2, answers: boolean): Line {
  return joined(
    phases.flatMap((phase, index): Span[] => {
      const [sign, tone] = looks[phase];
      const shown = index === at ? "chosen" : answers || phase === "contrary" ? tone : "dim";
      return [span(sign, shown), span(" ".repeat(step - 1), index === at ? "plain" : shown)];
    }),
  );
}

/** Under the slots: the cursor, and where the window begins and ends. */
function marksLine({ replicas }: ClusterModel, { first, last }: GridRange, at: number, columns: number): Line {
  const furthest = replicas.reduce((a, b) => (lowOf(b) > lowOf(a) ? b : a));
  const machine = furthest.status?.machine;
  const next = checkpointOf(furthest)?.seq ?? -1;
  const marks = new Map<number, Span>([
    ...(machine === undefined ? [] : ([[machine.highWaterMark, span("H", "strong")]] as const)),
    [next, span("c", "primary")],
    ...(machine === undefined ? [] : ([[machine.lowWaterMark, span("h", "strong")]] as const)),
    [at, span(glyphs.pointer, "strong")],
  ]);
  const line: Span[] = [span(" ".repeat(HEAD))];
  for (let seq = first; seq <= last; seq++) {
    const fill = HEAD + (seq - first) * pitch(columns) - lineWidth(line);
    const mark = marks.get(seq);
    if (mark !== undefined) line.push(span(" ".repeat(Math.max(0, fill))), mark);
  }
  return line;
}

/** What the signs mean, in the protocol's words. */
function legendLine({ facts }: ClusterModel, columns: number): Line {
  const { phases } = wordsOf(facts.protocol);
  const named = phases.map(({ name, shows }): [SlotPhase, string] => [
    shows === "prePrepared" ? "pre-prepared" : shows === "prepares" ? "prepared" : "committed",
    name,
  ]);
  const all: [SlotPhase, string][] = [...named, ["executed", "executed"], ["nothing", "nothing"], ["contrary", "another batch"]];
  let line: Line = [span(" ")];
  for (const [phase, name] of all) {
    const [sign, tone] = looks[phase];
    const longer = [...line, span(sign, tone), span(` ${name}  `, "dim")];
    if (lineWidth(longer) - 2 > columns) break;
    line = longer;
  }
  return line;
}
