import { type Line, span, type Tone } from "../view/line.js";
import { listed, printable } from "../view/text.js";
import { bandsByRow } from "./bands.js";
import type { Chart, ChartMessage } from "./chart.js";
import { isLate } from "./chart.js";
import type { TextItem } from "./text-items.js";
import { fateText } from "./words.js";

/** What happened, a line each, where the lanes are too many for the screen. */
export function listLines(chart: Chart, items: readonly TextItem[], columns: number): Line[] {
  const bands = bandsByRow(chart);
  let phase = "";
  return items.map((item) => {
    const band = bands[item.row] ?? null;
    const label = band === null ? "" : band.seq === null ? band.name : `${band.seq} ${band.name}`;
    const head = label === phase ? "" : label;
    phase = label;
    const { text, tone } = said(chart, item);
    return [span(head.padEnd(Math.min(18, Math.floor(columns / 3))), "strong"), span(printable(text), tone)];
  });
}

function said(chart: Chart, item: TextItem): { readonly text: string; readonly tone: Tone } {
  const name = (lane: number) => chart.lanes[lane]?.name ?? "";
  if (item.kind === "marks") {
    const who = item.lanes.length === 0 ? "" : `${listed(item.lanes.map(name))}: `;
    return { text: `${who}${item.text}`, tone: item.mark === "crashed" ? "bad" : "plain" };
  }
  const froms = [...new Set(item.messages.map(({ from }) => from))];
  const groups = new Map<string, ChartMessage[]>();
  for (const message of item.messages) {
    const fate = message.fate === "taken" ? "" : ` (${fateText(message)})`;
    groups.set(fate, [...(groups.get(fate) ?? []), message]);
  }
  const to = [...groups].map(([fate, messages]) => `${shortNames(chart, [...new Set(messages.map((each) => each.to))])}${fate}`);
  const lying = item.messages.some((message) => message.lying);
  const bad = item.messages.some((message) => message.fate === "lost" || (message.fate === "dropped" && !isLate(message)));
  const [first] = item.messages;
  const detail = first?.detail == null ? "" : `: ${first.detail}`;
  const text = `${shortNames(chart, froms)} → ${to.join(", ")}${detail}${lying ? ", a lie" : ""}`;
  return { text, tone: lying ? "lying" : bad ? "bad" : "plain" };
}

/** `r0, r2`, `c0`. */
function shortNames({ lanes }: Chart, ids: readonly number[]): string {
  return ids.map((id) => `${lanes[id]?.role[0]}${lanes[id]?.id}`).join(", ");
}
