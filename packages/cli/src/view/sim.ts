import type { OptionInfo, Plan, SimulationStats, Violation } from "@bft/sim";
import { type Line, span } from "./line.js";
import { compact, timeSpan } from "./numbers.js";
import { counted, fit, listed, printable, wrapped } from "./text.js";

/** What a hunt came to so far. */
export interface HuntCounts {
  readonly done: number;
  readonly seeds: number;
  readonly totals: {
    readonly simulatedMs: number;
    readonly delivered: number;
    readonly lies: number;
    readonly undecided: number;
  };
  readonly violations: number;
  readonly elapsedMs: number;
}

/** `412 of 1000 seeds · no violation · 380 a minute · 2 h 5 min simulated · 4.6M messages · 42 lies`. */
export function progressText({ done, seeds, totals, violations, elapsedMs }: HuntCounts): string {
  return [
    `${done} of ${counted(seeds, "seed")}`,
    violations === 0 ? "no violation" : counted(violations, "violation"),
    `${perMinute(done, elapsedMs)} a minute`,
    `${timeSpan(totals.simulatedMs)} simulated`,
    `${compact(totals.delivered)} messages`,
    `${compact(totals.lies)} lies`,
  ].join(" · ");
}

function perMinute(done: number, elapsedMs: number): string {
  return compact(elapsedMs > 0 ? (done / elapsedMs) * 60_000 : 0);
}

export interface HuntEnd extends HuntCounts {
  readonly from: number;
  readonly interrupted: boolean;
  readonly keepGoing: boolean;
  readonly folder: string;
}

/** The last lines of a hunt: what was done, and how it ended. */
export function huntLines(end: HuntEnd): readonly Line[] {
  const { from, done, seeds, violations, elapsedMs, interrupted, keepGoing, folder, totals } = end;
  const verdict =
    violations === 0 ? span("no violation", interrupted ? "warn" : "good") : span(counted(violations, "violation"), "bad");
  const range = done === 0 ? "no seed" : done === 1 ? `seed ${from}` : `seeds ${from} to ${from + done - 1}`;
  const left = done < seeds ? restText(interrupted, keepGoing || violations === 0, from + done) : "";
  return [
    [verdict, span(` in ${range}${left}`)],
    [
      span(
        `${timeSpan(elapsedMs)}, ${perMinute(done, elapsedMs)} seeds a minute, ${timeSpan(totals.simulatedMs)} simulated, ${compact(totals.delivered)} messages, ${compact(totals.lies)} lies; results: ${folder}`,
        "dim",
      ),
    ],
    ...(totals.undecided === 0
      ? []
      : [[span(`${counted(totals.undecided, "seed")} with a client history too long to be judged; all else was`, "warn")]]),
  ];
}

function restText(interrupted: boolean, goesOn: boolean, next: number): string {
  if (interrupted) return `; interrupted, go on with: --from ${next}`;
  return goesOn ? "" : `; go on behind it with --keep-going, or with --from ${next}`;
}

/** A violation that a seed gave. */
export interface FoundViolation {
  readonly seed: number;
  readonly violation: Violation;
  readonly transcript: string;
  readonly replay: string;
  readonly shrink: string;
}

export function violationLines({ seed, violation, transcript, replay, shrink }: FoundViolation): readonly Line[] {
  return [
    [span(`seed ${seed}: `, "strong"), ...verdictLine(violation)],
    [span("  replay   ", "dim"), span(replay)],
    [span("  shrink   ", "dim"), span(shrink)],
    [span("  plan     ", "dim"), span(transcript)],
  ];
}

const UNDECIDED = "whether the client history is linearizable was not found out within its budget";

/** `agreement violated at 812 ms: …`, or `holds`. */
export function verdictLine(violation: Violation | null, undecided = false): Line {
  if (violation === null) return undecided ? [span("holds", "warn"), span(`, but ${UNDECIDED}`)] : [span("holds", "good")];
  const { checker, at, what } = violation;
  return [span(`${checker} violated`, "bad"), span(` at ${Math.round(at)} ms: ${printable(what)}`)];
}

/** What a seed has drawn, in one line. */
export function planLine(plan: Plan): Line {
  return [span("  options  ", "dim"), span(planText(plan))];
}

function planText({
  protocol,
  service,
  faults,
  replicas,
  clients,
  liars,
  twins,
  lyingClients,
  network,
  actions,
  heal,
}: Plan): string {
  const kinds = new Map<string, number>();
  for (const { kind } of actions) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const noise = (["drop", "duplicate", "late"] as const).filter((name) => network[name] > 0);
  return [
    `${protocol}, ${service}, f = ${faults}, ${counted(replicas, "replica")}, ${counted(clients, "client")}`,
    ...liars.map(({ replica, behaviour }) => `replica ${replica} ${behaviour}`),
    ...twins.map((twin) => `replica ${twin} runs twice`),
    ...lyingClients.map(({ client, behaviour }) => `client ${client} ${behaviour}`),
    `delay ${network.delayMsMin} to ${network.delayMsMax} ms`,
    ...noise.map((name) => `${name} ${network[name]}`),
    ...[...kinds].map(([kind, count]) => `${kind} ${count}`),
    `heals at ${heal.at} ms`,
  ].join(", ");
}

/** What a run came to, for the end of a replay. */
export function statsLine({ simulatedMs, delivered, executed, answered, view, crashes, transfers, lies }: SimulationStats): Line {
  const parts = [
    `${timeSpan(simulatedMs)} simulated`,
    counted(delivered, "message"),
    `executed up to ${executed}`,
    `${counted(answered, "answer")}`,
    `view ${view}`,
    counted(crashes, "crash", "crashes"),
    counted(transfers, "state transfer"),
    counted(lies, "lie"),
  ];
  return [span(parts.join(", "), "dim")];
}

/** How large a plan is, for a person who shrinks it: `84 actions, 7 replicas, 2 liars`. */
export function sizeText({ actions, replicas, liars, twins, clients }: Plan): string {
  return listed([
    counted(actions.length, "action"),
    counted(replicas, "replica"),
    counted(liars.length + twins.length, "liar"),
    counted(clients, "client"),
  ]);
}

/** All options that can be pinned, for a terminal of `columns`. */
export function optionLines(options: readonly OptionInfo[], columns: number): readonly Line[] {
  const width = Math.max(0, ...options.map(({ name }) => name.length));
  const room = Math.max(20, columns - width - 2);
  return options.flatMap(({ name, summary }) =>
    wrapped(summary, room).map((text, row): Line => [span(`${fit(row === 0 ? name : "", width)}  `, "strong"), span(text)]),
  );
}
