import { wantsAscii } from "./view/glyphs.js";
import type { Line } from "./view/line.js";
import { type Paint, painter, wantsColour } from "./view/paint.js";

/** Where a command says things: the answer on stdout, for people or as JSON, and notes on stderr. */
export class Output {
  readonly json: boolean;
  readonly #onStdout: Paint;
  readonly #onStderr: Paint;

  constructor(json: boolean) {
    this.json = json;
    this.#onStdout = painter(wantsColour(process.stdout, process.env) ? "colour" : "text", wantsAscii(process.env));
    this.#onStderr = painter(wantsColour(process.stderr, process.env) ? "colour" : "text", wantsAscii(process.env));
  }

  /** The answer, for people. Silent when JSON is wanted. */
  lines(lines: readonly Line[]): void {
    if (!this.json && lines.length > 0)
      process.stdout.write(`${lines.map((line) => this.#onStdout(line).trimEnd()).join("\n")}\n`);
  }

  /** The answer, for programs: one object on one line. Silent when it is not wanted. */
  object(value: unknown): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** Something by the way: progress, hints. */
  note(...line: Line): void {
    process.stderr.write(`${this.#onStderr(line)}\n`);
  }
}
