import type { TraceEvent } from "@bft/core";
import { wordsOf } from "../view/protocol-words.js";
import { counted } from "../view/text.js";
import { arranged, type Placed } from "./arrange.js";
import { bandsOf } from "./bands.js";
import type { Chart, ChartMessage, Lane, Mark, Row } from "./chart.js";
import type { Collected } from "./collect.js";
import { agreedIn, liesAmong } from "./lies.js";
import { markOf } from "./marks.js";
import { Pairing, resultsText, type Way } from "./pairing.js";
import type { Scope } from "./scope.js";
import { type ChartFacts, EVENTS_MAX } from "./selection.js";
import { States } from "./states.js";

/** The chart of what was collected. */
export function chartOfCollected(facts: ChartFacts, scope: Scope, collected: Collected): Chart {
  const { protocol, replicas, faults } = facts;
  const { events, before, cut, repeats } = collected;
  const { placed, topics } = arranged(events, scope.seqs);
  const lanes = lanesOf(facts, scope, collected, placed);
  const lane = (name: string) => {
    const index = lanes.findIndex((each) => each.name === name);
    return index < 0 ? null : index;
  };
  const pairing = new Pairing(protocol, scope, lane);
  for (const each of placed) pairing.observe(each);
  for (const event of events) if (event.kind === "lost") pairing.lose(event);
  const states = new States(scope, before, pairing.topics, placed);
  tellLosses(pairing.messages, placed, states, lanes);
  const liars = new Set(lanes.flatMap(({ role, behaviour }, index) => (role === "replica" && behaviour !== null ? [index] : [])));
  const liarIds = new Set([...liars].map((index) => lanes[index]?.id ?? -1));
  const lies = liesAmong(pairing.messages, liars, agreedIn(events, liarIds, resultsText));
  const messages = pairing.messages.map((way): ChartMessage => messageOf(way, lies.has(way)));
  const bands = bandsOf(topics, protocol);
  return {
    version: 1,
    title: titleOf(scope, protocol),
    protocol,
    replicas,
    faults,
    lanes,
    rows: rowsOf(placed, bands),
    messages,
    marks: marksOf(placed, lane, protocol, scope),
    bands,
    states: states.changes,
    notes: notesOf(scope, { cut, repeats }, messages),
  };
}

function titleOf({ seqs, view }: Scope, protocol: string): string {
  const words = wordsOf(protocol);
  if (view !== null) return `how ${words.view} ${view} came about`;
  const order = [...seqs].sort((a, b) => a - b);
  const [first, last] = [order[0], order.at(-1)];
  if (order.length === 1) return `${words.seq} ${first}`;
  return `${words.seq === "index" ? "indexes" : `${words.seq}s`} ${first} to ${last}`;
}

function lanesOf(
  { replicas }: ChartFacts,
  { requests }: Scope,
  { events, before }: Collected,
  placed: readonly Placed[],
): readonly Lane[] {
  const behaviours = new Map<string, string>();
  for (const [id, { state }] of before.entries()) if (state.behaviour !== null) behaviours.set(`replica ${id}`, state.behaviour);
  for (const event of events) {
    if (event.kind === "behaves" && event.behaviour !== null) behaviours.set(`replica ${event.replica}`, event.behaviour);
    if (event.kind === "client-behaves") behaviours.set(`client ${event.client}`, event.behaviour);
  }
  const leader = leaderIn(placed);
  const clients = [...new Set([...requests.values()].map(({ client }) => client))].sort((a, b) => a - b);
  const lane = (role: Lane["role"], id: number): Lane => {
    const name = `${role} ${id}`;
    return { name, role, id, primary: role === "replica" && id === leader, behaviour: behaviours.get(name) ?? null };
  };
  return [...clients.map((id) => lane("client", id)), ...Array.from({ length: replicas }, (_, id) => lane("replica", id))];
}

/** Who leads first, as its own words show. */
function leaderIn(placed: readonly Placed[]): number | null {
  for (const { event } of placed) {
    if (event.kind === "view-entered") return event.primary;
    if (event.kind !== "sent") continue;
    const { kind } = event.statement;
    if (kind === "pre-prepare" || kind === "accept" || kind === "new-view" || kind === "chosen") return event.replica;
  }
  return null;
}

function messageOf({ digest, request: _, ...way }: Way, lying: boolean): ChartMessage {
  // A digest says something only where another one was said.
  const detail =
    lying && way.phase !== "reply" && digest !== null && way.detail === null ? `digest ${digest.slice(0, 8)}` : way.detail;
  return { ...way, detail, lying };
}

/** What never arrived, and a receiver that was down or a link that was cut explains why. */
function tellLosses(messages: readonly Way[], placed: readonly Placed[], states: States, lanes: readonly Lane[]): void {
  const missing = messages.filter(({ fate, phase }) => fate === "unknown" && phase !== "reply");
  let next = 0;
  const upTo = (row: number) => {
    for (let each = placed[next]; each !== undefined && each.row <= row; each = placed[++next]) states.observe(each);
  };
  for (const way of missing.sort((a, b) => a.sentRow - b.sentRow)) {
    upTo(way.sentRow);
    const [from, to] = [lanes[way.from], lanes[way.to]];
    if (from?.role !== "replica" || to?.role !== "replica") continue;
    const fault = states.standing(from.id)?.links.get(to.id) ?? null;
    if (fault === "cut") Object.assign(way, { fate: "lost", because: "its link is cut" });
    else if (states.standing(to.id)?.state.up === false) Object.assign(way, { fate: "lost", because: `${to.name} is down` });
    else if (fault !== null) way.because = `its link is ${fault}`;
  }
  upTo(Number.POSITIVE_INFINITY);
}

function rowsOf(placed: readonly Placed[], bands: Chart["bands"]): readonly Row[] {
  const ats: number[] = [];
  for (const { event, row } of placed) ats[row] ??= event.at;
  const start = Math.min(...ats);
  let band = 0;
  return ats.map((at, row) => {
    while ((bands[band]?.to ?? Number.POSITIVE_INFINITY) < row) band += 1;
    const here = bands[band];
    const inside = here !== undefined && here.from <= row ? here : null;
    return { at: Math.round((at - start) * 1000) / 1000, phase: inside?.name ?? null, seq: inside?.seq ?? null };
  });
}

function marksOf(
  placed: readonly Placed[],
  lane: (name: string) => number | null,
  protocol: string,
  { seqs }: Scope,
): readonly Mark[] {
  return placed.flatMap(({ event, row }) => {
    if (event.kind === "sent" && "seq" in event.statement && !seqs.has(event.statement.seq)) return [];
    const mark = markOf(event, protocol);
    return mark === null ? [] : [{ row, lane: laneOf(event, lane), ...mark }];
  });
}

function laneOf(event: TraceEvent, lane: (name: string) => number | null): number | null {
  if ("replica" in event) return lane(`replica ${event.replica}`);
  return "client" in event ? lane(`client ${event.client}`) : null;
}

function notesOf(
  { notDrawn }: Scope,
  { cut, repeats }: Pick<Collected, "cut" | "repeats">,
  messages: readonly ChartMessage[],
): readonly string[] {
  const unknown = messages.some(({ fate, phase }) => fate === "unknown" && phase !== "reply");
  const replies = messages.some(({ fate, phase }) => fate === "unknown" && phase === "reply");
  return [
    ...(notDrawn === 0 ? [] : [`${counted(notDrawn, "more request")} of these batches are not drawn.`]),
    ...(repeats === 0
      ? []
      : [`${counted(repeats, "message")} sent again to the same replica ${repeats === 1 ? "is" : "are"} left out.`]),
    ...(replies ? ["Clients do not tell which replies they had, only what they were answered."] : []),
    ...(unknown ? ["Of some messages the traces do not tell what became of them."] : []),
    ...(cut ? [`The chart ends after ${EVENTS_MAX} events; ask for less.`] : []),
  ];
}
