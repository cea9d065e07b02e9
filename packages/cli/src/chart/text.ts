import { glyphs } from "../view/glyphs.js";
import { fitLine, type Line, lineWidth, type Span, span, type Tone } from "../view/line.js";
import { wordsOf } from "../view/protocol-words.js";
import { printable, shorten, wrapped } from "../view/text.js";
import { bandsByRow } from "./bands.js";
import { type Band, type Chart, type ChartMessage, isLate, type Lane } from "./chart.js";
import { isUp, type LifePiece, lifeOf } from "./life.js";
import { Canvas } from "./text-canvas.js";
import { type TextItem, textItems } from "./text-items.js";
import { legendLines, markSigns, signs } from "./text-legend.js";
import { listLines } from "./text-list.js";
import { fateText, roleOf } from "./words.js";

/** Where the lanes stand on the screen. */
interface TextLayout {
  /** Columns of the phase names. */
  readonly margin: number;
  /** Columns of a lane. */
  readonly lane: number;
  /** Columns of all that is right of the lanes. */
  readonly notes: number;
  /** Of each lane, when it is up. */
  readonly lives: readonly (readonly LifePiece[])[];
  /** `replica 0` where there is room, else `r0`. */
  readonly short: boolean;
}

const MARGIN = 14;
const LANE_MIN = 5;
const NOTES_MIN = 14;

/**
 * The chart as lines for a terminal, from top to bottom, a lane a column, at most `columns` wide. Where the lanes do not fit, a list of
 * what happened.
 */
export function chartLines(chart: Chart, columns: number): Line[] {
  const layout = layoutOf(chart, columns);
  const items = textItems(chart);
  const body = layout === null ? listLines(chart, items, columns) : drawnLines(chart, items, layout, columns);
  const notes = chart.notes.flatMap((note) => wrapped(note, columns).map((row) => [span(row, "dim")]));
  const all: Line[] = [[span(chart.title, "strong")], [], ...body, [], ...legendLines(chart, columns), ...notes];
  // Operations and results come from clients, and so may be hostile.
  const shown = (line: Line) => line.map(({ text, tone }) => span(printable(text), tone));
  return all.map((line) => fitLine(shown(line), columns));
}

function layoutOf(chart: Chart, columns: number): TextLayout | null {
  const { lanes } = chart;
  const lives = lanes.map((lane) => lifeOf(chart, lane));
  const room = columns - MARGIN;
  const lane = Math.min(14, Math.floor((room - NOTES_MIN) / lanes.length));
  if (lane >= 10) return { margin: MARGIN, lane, notes: room - lane * lanes.length, lives, short: false };
  const narrow = Math.max(Math.min(9, lane), Math.min(LANE_MIN, Math.floor(room / lanes.length)));
  if (narrow < LANE_MIN) return null;
  return { margin: MARGIN, lane: narrow, notes: room - narrow * lanes.length, lives, short: true };
}

function drawnLines(chart: Chart, items: readonly TextItem[], layout: TextLayout, columns: number): Line[] {
  const several = new Set(chart.bands.flatMap(({ seq }) => seq ?? [])).size > 1;
  const lines: Line[] = headLines(chart, layout);
  const bands = bandsByRow(chart);
  let last: Band | null = null;
  for (const item of items) {
    const band = bands[item.row] ?? null;
    const begins: boolean = band !== null && (band.name !== last?.name || band.seq !== last.seq);
    if (begins && band !== null) {
      // A line of nothing but lanes sets the phases apart.
      if (last !== null) lines.push(row(chart, item.row, layout, null, [], columns));
      if (several && band.seq !== null && band.seq !== last?.seq)
        lines.push([span(`${wordsOf(chart.protocol).seq} ${band.seq}`, "strong")]);
      last = band;
    }
    lines.push(row(chart, item.row, layout, item, [label(item, band, begins, layout)], columns));
  }
  return lines;
}

/** The phase where it begins, and what is sent in it although it is of another one. */
function label(item: TextItem, band: Band | null, begins: boolean, { margin }: TextLayout): Span {
  if (begins && band !== null) return span(band.name.padEnd(margin), "strong");
  const other = item.kind === "messages" && item.messages[0]?.phase !== band?.phase ? (item.messages[0]?.label ?? "") : "";
  return span(` ${other}`.padEnd(margin), "dim");
}

function headLines(chart: Chart, { margin, lane, short }: TextLayout): Line[] {
  const centred = (text: string, tone: Tone) => {
    const shown = shorten(text, lane - 1);
    const left = Math.max(0, Math.floor((lane - shown.length) / 2));
    return span(" ".repeat(left) + shown + " ".repeat(Math.max(0, lane - left - shown.length)), tone);
  };
  const names = chart.lanes.map((each) => centred(short ? `${each.role[0]}${each.id}` : each.name, toneOf(each)));
  const roles = chart.lanes.map((each) => centred(roleSign(chart, each, short), toneOf(each)));
  const blank = span(" ".repeat(margin));
  return [[blank, ...names], ...(chart.lanes.some((each) => roleOf(chart, each) !== null) ? [[blank, ...roles]] : [])];
}

function roleSign(chart: Chart, lane: Lane, short: boolean): string {
  if (lane.behaviour !== null) return short ? glyphs.lying : `${glyphs.lying} lies`;
  if (!lane.primary) return "";
  return short ? glyphs.primary : (roleOf(chart, lane) ?? "");
}

function toneOf({ behaviour, primary }: Lane): Tone {
  if (behaviour !== null) return "lying";
  return primary ? "primary" : "plain";
}

/** One line: the lanes, what is drawn on them, and what there is to say of it at the right. */
function row(chart: Chart, at: number, layout: TextLayout, item: TextItem | null, before: Line, columns: number): Line {
  const canvas = new Canvas(layout.lane * chart.lanes.length);
  const centre = (lane: number) => lane * layout.lane + Math.floor((layout.lane - 1) / 2);
  for (const [index, lane] of chart.lanes.entries()) {
    const up = isUp(layout.lives[index] ?? [], at);
    canvas.put(centre(index), up ? signs.lane : signs.downLane, lane.behaviour === null ? "dim" : "lying");
  }
  if (item?.kind === "messages") for (const message of drawnOrder(item.messages)) drawMessage(canvas, message, centre);
  if (item?.kind === "messages")
    for (const message of item.messages) canvas.put(centre(message.from), signs.sender, toneOfMessage(message));
  if (item?.kind === "marks")
    for (const lane of item.lanes) canvas.put(centre(lane), markSigns[item.mark], toneOfMark(item.mark));
  const left = before.length > 0 ? before : [span(" ".repeat(layout.margin))];
  const line: Line = [...left, ...canvas.line()];
  const note = item === null ? null : noteOf(item);
  if (note === null) return line;
  const room = columns - lineWidth(line) - 1;
  if (room < 4) return line;
  const text = printable(note.text);
  // What comes behind a colon is more than must be said.
  const said = text.length > room && item?.kind === "marks" ? (text.split(": ")[0] ?? text) : text;
  return [...line, span(" "), span(shorten(said, room), note.tone)];
}

/** The longest first, so that the heads of the others stand on its line; of those to one place, what is not told first. */
function drawnOrder(messages: readonly ChartMessage[]): readonly ChartMessage[] {
  const length = ({ from, to }: ChartMessage) => Math.abs(to - from);
  const isUntold = ({ fate, arrivedRow }: ChartMessage) => Number(fate === "unknown" && arrivedRow === null);
  return [...messages].sort((a, b) => isUntold(b) - isUntold(a) || length(b) - length(a));
}

function drawMessage(canvas: Canvas, message: ChartMessage, centre: (lane: number) => number): void {
  const [from, to] = [centre(message.from), centre(message.to)];
  if (from === to) return;
  const step = to > from ? 1 : -1;
  const tone = toneOfMessage(message);
  // A lost one ends before its lane.
  const end = to - step * (message.fate === "lost" ? 3 : 1);
  if ((end - from) * step > 0)
    canvas.run(Math.min(from + step, end), Math.max(from + step, end), tone, signs.line, signs.lane, signs.crossing);
  canvas.put(end, endSign(message, step), isBad(message) ? "bad" : tone);
}

function endSign(message: ChartMessage, step: 1 | -1): string {
  const [full, open] = step > 0 ? [signs.right, signs.lateRight] : [signs.left, signs.lateLeft];
  switch (message.fate) {
    case "taken":
      return full;
    case "dropped":
      return isLate(message) ? open : signs.refused;
    case "lost":
      return signs.lost;
    case "unknown":
      return message.arrivedRow === null ? signs.untold : full;
  }
}

function isBad(message: ChartMessage): boolean {
  return message.fate === "lost" || (message.fate === "dropped" && !isLate(message));
}

function toneOfMessage({ lying }: ChartMessage): Tone {
  return lying ? "lying" : "plain";
}

function toneOfMark(kind: Extract<TextItem, { kind: "marks" }>["mark"]): Tone {
  switch (kind) {
    case "crashed":
    case "evidence":
    case "link":
      return "bad";
    case "lies":
      return "lying";
    case "timer":
    case "wants-view":
      return "warn";
    default:
      return "good";
  }
}

/** What is said at the right: of messages only what the drawing does not show. */
function noteOf(item: TextItem): { readonly text: string; readonly tone: Tone } | null {
  if (item.kind === "marks") return { text: item.text, tone: toneOfMark(item.mark) };
  const [first] = item.messages;
  if (first === undefined) return null;
  const reasons = item.messages.filter(isBad).map((message) => fateText(message));
  const detail = first.detail === null ? [] : [first.lying ? `lie: ${first.detail.replace(/^digest /, "")}` : first.detail];
  const texts = [...new Set(reasons), ...detail];
  if (texts.length === 0) return null;
  return { text: texts.join("; "), tone: reasons.length > 0 ? "bad" : first.lying ? "lying" : "dim" };
}
