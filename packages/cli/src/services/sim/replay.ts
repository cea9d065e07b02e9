import { closeSync, openSync, writeSync } from "node:fs";
import type { TraceEvent } from "@bft/core";
import { mergedHeaderLine } from "@bft/replica";
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
  /** File of the same trace in the one format of traces, for `bft trace --file`; or null. */
  readonly merged: string | null;
  readonly output: Output;
}

/** Text is handed on in pieces of about this size. */
const PIECE_CHARACTERS = 1 << 16;

/** `bft sim replay`: the whole trace, then the verdict. Gives the exit code. @throws CliError */
export function replay({ subject, out, merged, output }: ReplayOptions): number {
  const files = new Files();
  let run: TracedRun;
  try {
    const events = merged === null ? null : new Pieces(files.writer(merged));
    events?.add(mergedHeaderLine(subject.plan));
    // What is meant for a program, or for a file, need not be read on the screen.
    const lines = merged !== null && out === null ? null : new Pieces(out === null ? toStdout : files.writer(out));
    const tell = (event: TraceEvent) => {
      lines?.add(output.json ? JSON.stringify(event) : formatEvent(event));
      events?.add(JSON.stringify(event));
    };
    run = ofSubject(subject, () => tracedRun(subject.plan, simulate, tell));
    lines?.end();
    events?.end();
  } finally {
    files.close();
  }
  const { violation, undecided, stats } = run.report;
  output.object({ kind: "verdict", violated: violation?.checker ?? null, violation, undecided, stats });
  output.lines([[span("verdict: ", "strong"), ...verdictLine(violation, undecided)], statsLine(stats)]);
  const difference = subject.transcript === null ? null : differenceFrom(subject.transcript, run);
  if (difference !== null) output.note(span(difference, "warn"));
  return violation === null ? 0 : 1;
}

function toStdout(text: string): void {
  process.stdout.write(text);
}

/** Files that are open while a run is written down. */
class Files {
  readonly #open: number[] = [];

  /** @throws CliError when it can not be made; so does what is given back when it can not be written */
  writer(path: string): (text: string) => void {
    const file = made(path, () => openSync(path, "w"));
    this.#open.push(file);
    return (text) => made(path, () => writeSync(file, text));
  }

  close(): void {
    for (const file of this.#open) closeSync(file);
  }
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
