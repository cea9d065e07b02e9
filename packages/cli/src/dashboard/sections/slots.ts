import { glyphs } from "../../view/glyphs.js";
import { type Line, type Span, span, type Tone } from "../../view/line.js";
import { fit, printable, shorten } from "../../view/text.js";
import { firstOperation } from "../../watch/feed.js";
import type { ClusterModel } from "../../watch/model.js";
import { type SlotView, slotViews } from "../../watch/slots.js";

/** How the row of a slot is divided. */
interface SlotColumns {
  readonly seq: number;
  readonly view: number;
  readonly request: number;
  readonly prePrepare: number;
  readonly votes: number;
  readonly executed: number;
  readonly operation: number;
  readonly gap: number;
  /** One light a replica; without them counts alone. */
  readonly lights: boolean;
  readonly longTitles: boolean;
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

function columnsFor(columns: number, { replicas, executedTo }: ClusterModel): SlotColumns {
  const seq = Math.max(5, String(executedTo + 1000).length);
  const fitted = plans.map((plan) => divided(plan, columns, replicas.length, seq));
  return (
    fitted.find((candidate, index) => candidate.operation >= (plans[index]?.operationMin ?? 0)) ??
    divided(plans.at(-1) as Plan, columns, replicas.length, seq)
  );
}

function divided({ lights, longTitles, gap }: Plan, columns: number, n: number, seq: number): SlotColumns {
  const count = 2 * String(n).length + 1;
  const votes = Math.max(lights ? n + 1 + count : count, "prepare".length);
  const executed = Math.max(votes, "executed".length);
  const [request, prePrepare] = longTitles ? ["request".length, "pre-prepare".length] : [3, 5];
  const view = 4;
  const operation = columns - (seq + view + request + prePrepare + 2 * votes + executed + 7 * gap);
  return { seq, view, request, prePrepare, votes, executed, operation, gap, lights, longTitles };
}

export function slotsHead(cluster: ClusterModel, columns: number): Line {
  const at = columnsFor(columns, cluster);
  const titles = [
    fit("slot", at.seq, "right"),
    fit("view", at.view, "right"),
    fit(at.longTitles ? "request" : "req", at.request),
    fit(at.longTitles ? "pre-prepare" : "pre-p", at.prePrepare),
    fit("prepare", at.votes),
    fit("commit", at.votes),
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
    split.length > 0 ? [span(fit("split!", at.prePrepare), "lying")] : centred(light(slot.prePrepared), at.prePrepare),
    votes(slot.prepares, view.primary, n, quorum, slot.prepared, at),
    votes(slot.commits, view.primary, n, quorum, slot.committed, at),
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

function votes(voters: readonly number[], primary: number, n: number, quorum: number, holds: boolean, at: SlotColumns): Line {
  return padded(tally(voters, primary, n, quorum, holds, at.lights), at.votes);
}

/** `◆●●· 3/3`: who voted, how many, of how many needed. */
function tally(voters: readonly number[], primary: number, n: number, needed: number, holds: boolean, lights: boolean): Line {
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

function operationOf({ seq, slot, split }: SlotView, { feed }: ClusterModel): string {
  if (split.length > 0) return split.map(({ digest, replicas }) => `${digest.slice(0, 4)} to ${replicas.join(",")}`).join("; ");
  const more = slot.operations > 1 ? ` and ${slot.operations - 1} more` : "";
  const told = firstOperation(feed, seq);
  if (told !== null) return `${printable(told)}${more}`;
  if (slot.prePrepared && slot.requests === 0) return "null request";
  return slot.operations > 0 ? `${slot.operations} operation${slot.operations > 1 ? "s" : ""}` : "";
}
