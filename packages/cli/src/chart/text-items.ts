import type { Chart, ChartMessage, Mark, MarkKind } from "./chart.js";

/** One line of the chart as text: messages that are drawn together, or the same mark of several lanes. */
export type TextItem =
  | { readonly kind: "messages"; readonly row: number; readonly messages: readonly ChartMessage[] }
  | {
      readonly kind: "marks";
      readonly row: number;
      readonly mark: MarkKind;
      readonly text: string;
      readonly lanes: readonly number[];
    };

/**
 * What is drawn, from top to bottom. A broadcast is one line, although it is a message to each; so are the replies to one client, and
 * the same thing that happens to several replicas within a phase.
 */
export function textItems(chart: Chart): readonly TextItem[] {
  const items = [...messageItems(chart), ...markItems(chart)];
  return items.sort((a, b) => a.row - b.row || placeIn(a) - placeIn(b));
}

/** Some marks say why something is sent in that row, the others what follows. */
function placeIn(item: TextItem): number {
  if (item.kind === "messages") return 1;
  return isConsequence(item.mark) ? 2 : 0;
}

/** Whether it follows from what is sent in its row, and is no reason of it. */
export function isConsequence(kind: MarkKind): boolean {
  return kind === "entered-view" || kind === "evidence" || kind === "answered";
}

/** What is alike and so near to each other, in rows, is one line. */
const NEAR = 5;

function messageItems({ messages }: Chart): readonly TextItem[] {
  const groups = new Map<string, ChartMessage[]>();
  const items: TextItem[] = [];
  for (const message of [...messages].sort((a, b) => a.sentRow - b.sentRow)) {
    const key = keyOf(message);
    const group = groups.get(key);
    const row = group?.[0]?.sentRow ?? message.sentRow;
    if (group !== undefined && message.sentRow - row < NEAR) group.push(message);
    else {
      const begun = [message];
      groups.set(key, begun);
      items.push({ kind: "messages", row: message.sentRow, messages: begun });
    }
  }
  return items;
}

function keyOf({ phase, from, to, view, seq, detail, sentRow, lying }: ChartMessage): string {
  // Replicas reply one by one; that is one line as long as they say the same.
  if (phase === "reply") return `reply ${to} ${view} ${seq} ${detail} ${lying}`;
  return `${phase} ${from} ${view} ${seq} ${detail} ${sentRow} ${lying}`;
}

function markItems({ marks }: Chart): readonly TextItem[] {
  const groups = new Map<string, { readonly mark: Mark; row: number; readonly lanes: number[] }>();
  const all: { readonly mark: Mark; row: number; readonly lanes: number[] }[] = [];
  for (const mark of [...marks].sort((a, b) => a.row - b.row)) {
    if (mark.kind === "prepared") continue;
    const key = `${mark.kind} ${mark.text}`;
    const group = groups.get(key);
    if (group !== undefined && mark.row - group.mark.row < NEAR) {
      if (isConsequence(mark.kind)) group.row = mark.row;
      if (mark.lane !== null) group.lanes.push(mark.lane);
    } else {
      const begun = { mark, row: mark.row, lanes: mark.lane === null ? [] : [mark.lane] };
      groups.set(key, begun);
      all.push(begun);
    }
  }
  return all.map(({ mark: { kind, text }, row, lanes }) => ({ kind: "marks", row, mark: kind, text, lanes }));
}
