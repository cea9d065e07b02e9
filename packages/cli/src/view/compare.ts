import { protocolNamed } from "@bft/core/protocols";
import type { Divergence, Entry, Outcome, Stage } from "@bft/sim/scenario";
import { type Figures, figuresOf } from "../services/compare-figures.js";
import { fitLine, type Line, type Span, span, type Tone } from "./line.js";
import { timeSpan } from "./numbers.js";
import { headLine, rowLine } from "./table.js";
import { counted, fit, listed, printable, replicasNamed, shorten, wrapped } from "./text.js";

/** What was compared, and where. */
export interface Compared {
  readonly scenario: string;
  readonly outcomes: readonly Outcome[];
  readonly withoutLies: boolean;
  /** On real processes, or in the simulator with this seed. */
  readonly place: { readonly kind: "real" } | { readonly kind: "sim"; readonly seed: number };
}

interface Row {
  readonly label: string;
  /** What one protocol has in this row, a line of the cell each; at least one. */
  readonly cell: (outcome: Outcome, figures: Figures) => readonly Span[];
}

const LABEL = 19;
const NONE = span("–", "dim");

const ROWS: readonly Row[] = [
  { label: "replicas", cell: ({ system }) => [span(`${system.replicas}, of which f = ${system.faults}`)] },
  { label: "quorum", cell: ({ system }) => [span(String(system.quorum))] },
  { label: "liars", cell: ({ liars, cost }) => (liars.length === 0 ? [NONE] : [span(lied(liars, cost.lies), "lying")]) },
  { label: "requests answered", cell: (_, { answered, requests }) => [span(`${answered} of ${requests}`)] },
  { label: "messages/operation", cell: (_, figures) => [figure(figures.messagesPerOperation, (each) => each.toFixed(1))] },
  { label: "median latency", cell: (_, figures) => [figure(figures.medianLatencyMs, timeSpan)] },
  {
    label: "agreement",
    cell: ({ agreement }) => [agreement === "held" ? span("held", "good") : span("BROKEN", "bad")],
  },
  {
    label: "  where they differ",
    cell: ({ divergence }) => (divergence === null ? [NONE] : differing(divergence)),
  },
  { label: "linearizable", cell: ({ linearizable }) => [linearizableSpan(linearizable)] },
  {
    label: "checkers found",
    cell: (_, { found }) => (found.length === 0 ? [span("nothing", "good")] : found.map(({ checker }) => span(checker, "bad"))),
  },
  {
    label: "as expected",
    cell: ({ verdict }) => [verdict === "held" ? span("yes", "good") : span(verdict === "failed" ? "NO" : "NOT PLAYED", "bad")],
  },
];

/** The table, side by side, and under it what the checkers say of each protocol. */
export function compareLines(compared: Compared, columns: number): readonly Line[] {
  return [
    [],
    headingOf(compared),
    [],
    ...tableLines(compared.outcomes, columns),
    ...noteLines(compared, columns),
    [],
    ...compared.outcomes.flatMap((outcome) => [...accountLines(outcome, columns), []]),
    verdictLine(compared.outcomes),
  ];
}

function headingOf({ outcomes, withoutLies, place }: Compared): Line {
  const where = place.kind === "real" ? "on real processes" : `in the simulator, seed ${place.seed}`;
  const how = withoutLies ? ", every replica honest" : "";
  return [span("Side by side", "strong"), span(`  ${counted(outcomes.length, "protocol")}, ${where}${how}`, "dim")];
}

function tableLines(outcomes: readonly Outcome[], columns: number): readonly Line[] {
  const room = Math.floor((columns - LABEL) / Math.max(1, outcomes.length)) - 2;
  const width = Math.min(32, Math.max(16, room));
  const layout = [
    { title: "", width: LABEL, align: "left" as const, priority: 0 },
    ...outcomes.map(({ protocol }) => ({ title: protocolNamed(protocol).title, width, align: "left" as const, priority: 0 })),
  ];
  const all = outcomes.map((outcome) => ({ outcome, figures: figuresOf(outcome) }));
  const rows = ROWS.flatMap(({ label, cell }) => {
    const cells = all.map(({ outcome, figures }) => wrappedCell(cell(outcome, figures), width));
    const height = Math.max(1, ...cells.map((each) => each.length));
    return Array.from({ length: height }, (_, at) =>
      rowLine(layout, [span(at === 0 ? label : "", "dim"), ...cells.map((each) => each[at] ?? span(""))]),
    );
  });
  return [headLine(layout, "strong"), ...rows];
}

function wrappedCell(spans: readonly Span[], width: number): readonly Span[] {
  return spans.flatMap(({ text, tone }) => wrapped(printable(text), width).map((row) => span(row, tone)));
}

function noteLines({ place }: Compared, columns: number): readonly Line[] {
  const time = place.kind === "sim" ? " Latency is virtual time." : "";
  const note = `Messages are all that replicas sent while it was played, also while a request waited.${time}`;
  return wrapped(note, columns).map((row): Line => [span(row, "dim")]);
}

function lied(liars: readonly number[], lies: number): string {
  return `${replicasNamed(liars)}: ${lies === 0 ? "told no lie" : counted(lies, "lie")}`;
}

function figure(value: number | null, text: (value: number) => string): Span {
  return value === null ? NONE : span(text(value));
}

function linearizableSpan(linearizable: boolean | null): Span {
  if (linearizable === null) return span("not found out", "warn");
  return linearizable ? span("yes", "good") : span("NO", "bad");
}

/** Longer operations are cut: the account under the table has them in full. */
const OPERATION = 40;

function differing({ seq, sides }: Divergence): readonly Span[] {
  const rows = inOrder(sides).map(
    ({ replica, operations }) => `replica ${replica}: ${shorten(operationsText(operations), OPERATION)}`,
  );
  return [`at number ${seq}`, ...rows].map((row) => span(row, "bad"));
}

function inOrder(sides: Divergence["sides"]): Divergence["sides"] {
  return [...sides].sort((a, b) => a.replica - b.replica);
}

/** `"set x 1"`, or `nothing` for a null request. */
function operationsText(operations: readonly string[]): string {
  return operations.length === 0 ? "nothing" : listed(operations.map((each) => `"${each}"`));
}

/** Why: what the checkers found on one protocol, in their own words. */
function accountLines(outcome: Outcome, columns: number): readonly Line[] {
  const { protocol, agreement, divergence, why, entries } = outcome;
  const { found } = figuresOf(outcome);
  const others = found.filter(({ checker }) => checker !== "agreement");
  const told: readonly (readonly [string, Tone])[] = [
    ...(divergence === null ? [] : [[divergenceSentence(divergence), "bad"] as const]),
    ...(agreement === "broken" && why !== null ? [[why, "plain"] as const] : []),
    ...others.map(({ checker, what }) => [`${checker}: ${what}`, "plain"] as const),
    ...(found.length === 0 ? [[heldSentence(outcome), "plain"] as const] : []),
    ...entries.flatMap((entry) => (entry.verdict === "failed" ? [[failureText(entry), "bad"] as const] : [])),
  ];
  const verdict = found.length === 0 ? span("held", "good") : span(`broke ${listed(found.map(({ checker }) => checker))}`, "bad");
  const head: Line = [span(`${protocolNamed(protocol).title}  `, "strong"), verdict];
  return [head, ...told.flatMap(([text, tone]) => paragraph(text, tone, columns))];
}

function paragraph(text: string, tone: Tone, columns: number): readonly Line[] {
  // A checker may draw the history that it found, in rows.
  return text
    .split("\n")
    .flatMap((row) => wrapped(printable(row), Math.max(30, columns - 2)).map((each): Line => [span(`  ${each}`, tone)]));
}

function divergenceSentence({ seq, sides }: Divergence): string {
  const told = inOrder(sides).map(({ replica, operations }) => `replica ${replica} executed ${operationsText(operations)}`);
  return `At sequence number ${seq}, ${listed(told)}.`;
}

function heldSentence({ liars, cost }: Outcome): string {
  const nothing = "The checkers found nothing";
  if (liars.length === 0) return `${nothing}; nobody lied.`;
  const told = cost.lies === 0 ? "was to lie and told no lie" : `told ${counted(cost.lies, "lie")}`;
  return `${nothing} at the correct replicas, though ${replicasNamed(liars)} ${told}.`;
}

function failureText({ step, kind, did, why }: Entry): string {
  const where = step === null ? `the ${kind}` : `step ${step}`;
  return `NOT AS EXPECTED, ${where}: ${did}${why === null ? "" : `; ${why}`}`;
}

function verdictLine(outcomes: readonly Outcome[]): Line {
  const titles = (verdict: Outcome["verdict"]) =>
    outcomes.filter((each) => each.verdict === verdict).map(({ protocol }) => protocolNamed(protocol).title);
  const [failed, notRun] = [titles("failed"), titles("not-run")];
  if (notRun.length > 0) return [span(`could not be played to the end on ${listed(notRun)}`, "bad")];
  if (failed.length > 0) return [span(`did NOT go as the scenario expects on ${listed(failed)}`, "bad")];
  return [span("went as the scenario expects on every protocol", "good")];
}

/** Where it is played now, for somebody who waits. */
export function placeLine({ protocol, system }: Pick<Stage, "protocol" | "system">): Line {
  const { title } = protocolNamed(protocol);
  return [span(`${title}: ${counted(system.replicas, "replica")}, f = ${system.faults}, quorum ${system.quorum}`, "strong")];
}

/** One step in one row, for somebody who waits. */
export function progressLine({ at, step, did, verdict }: Entry, columns: number): Line {
  const lead = span(
    `${fit(step === null ? "" : String(step), 3, "right")} ${fit(`${(at / 1000).toFixed(2)} s`, 8, "right")}  `,
    "dim",
  );
  return fitLine([lead, span(printable(did), verdict === "failed" ? "bad" : "dim")], columns);
}

export function compareJson({ scenario, outcomes, withoutLies, place }: Compared) {
  return {
    scenario,
    withoutLies,
    place: place.kind,
    compared: outcomes.map((outcome) => {
      const { protocol, system, verdict, liars, cost, agreement, divergence, linearizable, why } = outcome;
      const facts = { protocol, replicas: system.replicas, faults: system.faults, quorum: system.quorum };
      const judged = { verdict, agreement, divergence, linearizable, why, liars, lies: cost.lies };
      return { ...facts, ...judged, ...figuresOf(outcome) };
    }),
  };
}
