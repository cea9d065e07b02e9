import { protocolNamed } from "@bft/core/protocols";
import type { Entry, Outcome, Scenario, Stage } from "@bft/sim/scenario";
import { type Line, type Span, span, type Tone } from "./line.js";
import { counted, fit, listed, printable, replicasNamed, wrapped } from "./text.js";

/** Columns of the number of a step and of its time. */
const NUMBER = 3;
const TIME = 9;
const INDENT = NUMBER + TIME + 2;

/** What the scenario is about, before anything happens. */
export function introLines({ name, about, question }: Scenario, columns: number): readonly Line[] {
  return [
    [span(name, "strong")],
    ...paragraphs(about, columns - 2).map((row): Line => [span(`  ${row}`)]),
    ...(question === null
      ? []
      : [[], ...paragraphs(`Think first: ${question}`, columns - 2).map((row): Line => [span(`  ${row}`, "primary")])]),
  ];
}

/** Where it is played now. */
export function stageLines({ protocol, system }: Stage): readonly Line[] {
  const { title } = protocolNamed(protocol);
  return [[], [span(title, "strong"), span(`  n = ${system.replicas}, f = ${system.faults}, quorum ${system.quorum}`, "dim")]];
}

/** One step: why it is done, what happened, and how that compares with what was expected. */
export function entryLines({ at, step, kind, say, did, verdict, why }: Entry, columns: number): readonly Line[] {
  // The outcome says the same, and more.
  if (kind === "end" && verdict !== "failed") return [];
  const room = Math.max(30, columns - INDENT);
  const lead = span(`${fit(step === null ? "" : String(step), NUMBER, "right")}${fit(clock(at), TIME, "right")}  `, "dim");
  const mark = markOf(verdict);
  const rows: Line[] = [
    ...(say === null ? [] : paragraphs(say, room).map((row): Line => [span(row, "primary")])),
    ...marked(mark, printable(did), room),
    ...(why === null || verdict !== "failed" ? [] : wrapped(printable(why), room).map((row): Line => [span(row, "bad")])),
  ];
  return rows.map((row, index): Line => [index === 0 ? lead : span(" ".repeat(INDENT)), ...row]);
}

function marked(mark: Span | null, text: string, room: number): readonly Line[] {
  if (mark === null) return wrapped(text, room).map((row): Line => [span(row)]);
  const indent = mark.text.length + 2;
  return wrapped(text, room - indent).map(
    (row, index): Line => [index === 0 ? mark : span(" ".repeat(mark.text.length)), span(`  ${row}`)],
  );
}

function markOf(verdict: Entry["verdict"]): Span | null {
  switch (verdict) {
    case "done":
      return null;
    case "held":
      return span("as expected", "good");
    case "failed":
      return span("NOT AS EXPECTED", "bad");
    case "skipped":
      return span("left out", "warn");
  }
}

/** How it ended on one protocol, and why: the checkers' words. */
export function outcomeLines(outcome: Outcome, columns: number): readonly Line[] {
  const { protocol, why, cost, liars } = outcome;
  const facts: readonly (readonly [string, string, Tone])[] = [
    ["agreement", agreementText(outcome), outcome.agreement === "held" ? "good" : "warn"],
    ...(why === null ? [] : [["why", why, "warn"] as const]),
    ["clients", clientsText(outcome), outcome.linearizable === false ? "warn" : "plain"],
    ...(liars.length === 0 ? [] : [["liars", `${replicasNamed(liars)}, ${counted(cost.lies, "lie")} told`, "lying"] as const]),
    ["cost", `${counted(cost.messages, "message")} for ${counted(cost.operations, "answered operation")}`, "dim"],
  ];
  const [word, tone] = verdictWords(outcome);
  return [
    [span(`  ${protocolNamed(protocol).title} `, "strong"), span(word, tone)],
    ...facts.flatMap(([label, text, each]) => labelled(label, printable(text), each, columns)),
  ];
}

const LABEL = 11;

function labelled(label: string, text: string, tone: Tone, columns: number): readonly Line[] {
  const rows = wrapped(text, Math.max(30, columns - LABEL - 4));
  return rows.map((row, index): Line => [span(`    ${fit(index === 0 ? label : "", LABEL)}`, "dim"), span(row, tone)]);
}

function agreementText({ agreement, divergence }: Outcome): string {
  if (agreement === "held") return "held: no two correct replicas executed different operations at one number";
  if (divergence === null) return "broken";
  const sides = divergence.sides.map(({ replica, operations }) => {
    const what = operations.length === 0 ? "nothing" : operations.map((each) => `"${each}"`).join(", ");
    return `replica ${replica} executed ${what}`;
  });
  return `broken: at number ${divergence.seq}, ${listed(sides)}`;
}

function clientsText({ linearizable }: Outcome): string {
  if (linearizable === null) return "whether one order explains what they were told was not found out";
  return linearizable
    ? "what they were told fits one order of all operations"
    : "no order of the operations explains what they were told";
}

function verdictWords({ verdict, why }: Outcome): readonly [string, Tone] {
  switch (verdict) {
    case "held":
      return why === null ? ["held, as the scenario expects", "good"] : ["broke, as the scenario expects", "warn"];
    case "failed":
      return ["did NOT do what the scenario expects", "bad"];
    case "not-run":
      return ["could not be played to the end", "bad"];
  }
}

/** 0: as expected. 1: not as expected. 2: a step could not be carried out. */
export function scenarioExitCode(outcomes: readonly Outcome[]): 0 | 1 | 2 {
  if (outcomes.some(({ verdict }) => verdict === "not-run")) return 2;
  return outcomes.some(({ verdict }) => verdict === "failed") ? 1 : 0;
}

/** A name each, with its protocols and the first sentence of what it shows. */
export function scenarioListLines(scenarios: readonly Scenario[], columns: number): readonly Line[] {
  const width = Math.max(0, ...scenarios.map(({ name }) => name.length));
  const room = Math.max(30, columns - width - 2);
  return scenarios.flatMap(({ name, about, plays }) => {
    const titles = plays.map(({ protocol }) => protocolNamed(protocol).title);
    const rows = [...wrapped(firstSentence(about), room).map((row) => span(row)), span(listed(titles), "dim")];
    return rows.map((row, index): Line => [span(`${fit(index === 0 ? name : "", width)}  `, "strong"), row]);
  });
}

export function scenarioListJson(scenarios: readonly Scenario[]) {
  return {
    scenarios: scenarios.map(({ name, about, question, faults, service, plays }) => ({
      name,
      about,
      question,
      faults,
      service,
      protocols: plays.map(({ protocol }) => protocol),
    })),
  };
}

function firstSentence(about: string): string {
  const [first = ""] = paragraphsOf(about);
  return printable(/^.*?[.?](?=\s|$)/.exec(first)?.[0] ?? first);
}

function paragraphs(text: string, columns: number): string[] {
  return paragraphsOf(text).flatMap((paragraph) => wrapped(printable(paragraph), columns));
}

function paragraphsOf(text: string): string[] {
  return text.split(/\n\s*\n/).map((paragraph) => paragraph.replaceAll(/\s+/g, " ").trim());
}

function clock(at: number): string {
  return `${(at / 1000).toFixed(2)} s`;
}
