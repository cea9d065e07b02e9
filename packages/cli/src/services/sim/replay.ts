import { closeSync, openSync, writeSync } from "node:fs";
import type { TraceEvent } from "@bft/core";
import { differenceFrom, formatEvent, simulate, type TracedRun, tracedRun } from "@bft/sim";
import { misuse } from "../../errors.js";
import type { Output } from "../../output.js";
import { span } from "../../view/line.js";
import { statsLine, verdictLine } from "../../view/sim.js";
import { made } from "./results.js";
import type { Subject } from "./subject.js";

export interface ReplayOptions {
  readonly subject: Subject;
  /** File of the trace, or null: to stdout. */
  readonly out: string | null;
  readonly output: Output;
}

/** Text is handed on in pieces of about this size. */
const PIECE_CHARACTERS = 1 << 16;

/** `bft sim replay`: the whole trace, then the verdict. Gives the exit code. @throws CliError */
export function replay({ subject, out, output }: ReplayOptions): number {
  const file = out === null ? null : made(out, () => openSync(out, "w"));
  const write = (text: string) => {
    if (file === null) process.stdout.write(text);
    else made(out ?? "", () => writeSync(file, text));
  };
  let run: TracedRun;
  try {
    const pieces = new Pieces(write);
    const tell = (event: TraceEvent) => pieces.add(output.json ? JSON.stringify(event) : formatEvent(event));
    run = ofSubject(subject, () => tracedRun(subject.plan, simulate, tell));
    pieces.end();
  } finally {
    if (file !== null) closeSync(file);
  }
  const { violation, undecided, stats } = run.report;
  output.object({ kind: "verdict", violated: violation?.checker ?? null, violation, undecided, stats });
  output.lines([[span("verdict: ", "strong"), ...verdictLine(violation, undecided)], statsLine(stats)]);
  const difference = subject.transcript === null ? null : differenceFrom(subject.transcript, run);
  if (difference !== null) output.note(span(difference, "warn"));
  return violation === null ? 0 : 1;
}

/** Runs what simulates the subject. @throws CliError when its plan names something that there is not, as one that a person wrote may. */
export function ofSubject<T>({ name }: Subject, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError) throw misuse(`${name}: ${error.message}`);
    throw error;
  }
}

/** Gathers lines into pieces: a write for each of a million would take longer than the run. */
class Pieces {
  readonly #write: (text: string) => void;
  #text = "";

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  add(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= PIECE_CHARACTERS) this.end();
  }

  end(): void {
    if (this.#text !== "") this.#write(this.#text);
    this.#text = "";
  }
}
