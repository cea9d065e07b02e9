import type { PhaseWords, ProtocolWords } from "@bft/core";
import { glyphs } from "../../view/glyphs.js";
import { type Line, type Span, span, type Tone } from "../../view/line.js";
import { wordsOf } from "../../view/protocol-words.js";
import { fit, printable, shorten } from "../../view/text.js";
import { firstOperation } from "../../watch/feed.js";
import type { ClusterModel } from "../../watch/model.js";
import { type SlotView, slotViews } from "../../watch/slots.js";

/** How the row of a slot is divided. */
interface SlotColumns {
  readonly seq: number;
  readonly view: number;
  readonly request: number;
  /** The columns of the protocol's phases, as wide as each is. */
  readonly phases: readonly PhaseColumn[];
  readonly executed: number;
  readonly operation: number;
  readonly gap: number;
  /** One light a replica; without them counts alone. */
  readonly lights: boolean;
  readonly longTitles: boolean;
}

interface PhaseColumn {
  readonly title: string;
  readonly shows: PhaseWords["shows"];
  readonly width: number;
}

interface Plan {
  readonly lights: boolean;
  readonly longTitles: boolean;
  readonly gap: number;
  /** The least room for the operation with which this plan is taken. */
  readonly operationMin: number;
}

/** The roomiest first. */
const plans: readonly Plan[] = [
  { lights: true, longTitles: true, gap: 2, operationMin: 12 },
  { lights: true, longTitles: false, gap: 2, operationMin: 10 },
  { lights: true, longTitles: false, gap: 1, operationMin: 6 },
  { lights: false, longTitles: false, gap: 2, operationMin: 0 },
];

function columnsFor(columns: number, { replicas, executedTo, facts }: ClusterModel): SlotColumns {
  const seq = Math.max(5, String(executedTo + 1000).length);
  const words = wordsOf(facts.protocol);
  const fitted = plans.map((plan) => divided(plan, columns, replicas.length, seq, words));
  return (
    fitted.find((candidate, index) => candidate.operation >= (plans[index]?.operationMin ?? 0)) ??
    divided(plans.at(-1) as Plan, columns, replicas.length, seq, words)
  );
}

function divided({ lights, longTitles, gap }: Plan, columns: number, n: number, seq: number, words: ProtocolWords): SlotColumns {
  const count = 2 * String(n).length + 1;
  const votes = Math.max(lights ? n + 1 + count : count, "prepare".length);
  const executed = Math.max(votes, "executed".length);
  const request = longTitles ? "request".length : 3;
  const phases = words.phases.map(({ name, shows }): PhaseColumn => {
    const title = longTitles ? name : name.slice(0, shows === "prePrepared" ? 5 : votes);
    return { title, shows, width: Math.max(title.length, shows === "prePrepared" ? 5 : votes) };
  });
  const view = Math.max(4, words.view.length);
  const used = seq + view + request + phases.reduce((sum, { width }) => sum + width, 0) + executed;
  const operation = columns - (used + (4 + phases.length) * gap);
  return { seq, view, request, phases, executed, operation, gap, lights, longTitles };
}

export function slotsHead(cluster: ClusterModel, columns: number): Line {
  const at = columnsFor(columns, cluster);
  const titles = [
    fit("slot", at.seq, "right"),
    fit(wordsOf(cluster.facts.protocol).view, at.view, "right"),
    fit(at.longTitles ? "request" : "req", at.request),
    ...at.phases.map(({ title, width }) => fit(title, width)),
    fit("executed", at.executed),
    at.operation < "operation".length ? "op" : "operation",
  ];
  return [span(titles.join(" ".repeat(at.gap)), "dim")];
}

/** The newest slots, the newest at the bottom; one light for each vote, in the order of the replicas. */
export function slotLines(cluster: ClusterModel, columns: number, rows: number): Line[] {
  const at = columnsFor(columns, cluster);
  const views = slotViews(cluster.replicas, rows);
  if (views.length === 0 && rows > 0) return [[span("   no slot in use yet; submit an operation with: s", "dim")]];
  return views.map((view) => slotLine(view, cluster, at));
}

function slotLine(view: SlotView, cluster: ClusterModel, at: SlotColumns): Line {
  const { slot, split } = view;
  const n = cluster.replicas.length;
  const { quorum } = cluster.facts;
  const done = view.executedBy.length >= quorum;
  const cells: Line[] = [
    [span(fit(String(view.seq), at.seq, "right"), "strong")],
    [span(fit(String(slot.view), at.view, "right"), "dim")],
    centred(requestLight(view), at.request),
    ...at.phases.map((phase) => phaseCell(phase, view, n, quorum, at.lights)),
    padded(tally(view.executedBy, view.primary, n, n, done, at.lights), at.executed),
    [span(shorten(operationOf(view, cluster), Math.max(0, at.operation)), split.length > 0 ? "lying" : "plain")],
  ];
  return cells.flatMap((cell, index) => (index === 0 ? cell : [span(" ".repeat(at.gap)), ...cell]));
}

function light(on: boolean): Span {
  return on ? span(glyphs.on, "good") : span(glyphs.off, "dim");
}

function requestLight({ slot }: SlotView): Span {
  return light(slot.requests > 0 || slot.prePrepared);
}

function phaseCell(
  { shows, width }: PhaseColumn,
  { slot, split, primary }: SlotView,
  n: number,
  quorum: number,
  lights: boolean,
): Line {
  switch (shows) {
    case "prePrepared":
      return split.length > 0 ? [span(fit("split!", width), "lying")] : centred(light(slot.prePrepared), width);
    case "prepares":
      return padded(tally(slot.prepares, primary, n, quorum, slot.prepared, lights), width);
    case "commits":
      return padded(tally(slot.commits, primary, n, quorum, slot.committed, lights), width);
  }
}

/** `◆●●· 3/3`: who voted, how many, of how many needed. */
function tally(
  voters: readonly number[],
  primary: number | null,
  n: number,
  needed: number,
  holds: boolean,
  lights: boolean,
): Line {
  const tone: Tone = holds ? "good" : voters.length > 0 ? "warn" : "dim";
  const count = span(`${voters.length}/${needed}`, tone);
  if (!lights) return [count];
  const row = Array.from({ length: n }, (_, id) =>
    !voters.includes(id) ? glyphs.off : id === primary ? glyphs.primary : glyphs.on,
  ).join("");
  return [span(row, tone), span(" "), count];
}

function padded(line: Line, width: number): Line {
  const used = line.reduce((total, part) => total + part.text.length, 0);
  return used < width ? [...line, span(" ".repeat(width - used))] : line;
}

function centred(part: Span, width: number): Line {
  const before = Math.floor((width - 1) / 2);
  return [span(" ".repeat(before)), part, span(" ".repeat(Math.max(0, width - 1 - before)))];
}

function operationOf({ seq, slot, split }: SlotView, { feed, facts }: ClusterModel): string {
  if (split.length > 0) return split.map(({ digest, replicas }) => `${digest.slice(0, 4)} to ${replicas.join(",")}`).join("; ");
  const more = slot.operations > 1 ? ` and ${slot.operations - 1} more` : "";
  const told = firstOperation(feed, seq);
  if (told !== null) return `${printable(told)}${more}`;
  if (slot.prePrepared && slot.requests === 0) return wordsOf(facts.protocol).noOp;
  return slot.operations > 0 ? `${slot.operations} operation${slot.operations > 1 ? "s" : ""}` : "";
}
