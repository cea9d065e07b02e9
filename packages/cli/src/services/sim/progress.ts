import { shorten } from "../../view/text.js";

/** Not more often than a person can read. */
const EVERY_MS = 200;

/** One line on stderr that is written anew again and again; nothing where there is no terminal. */
export class ProgressLine {
  readonly #shown: boolean = process.stderr.isTTY === true && process.env["TERM"] !== "dumb";
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Shows what `text` gives, unless something was shown just now. */
  update(text: () => string): void {
    const now = performance.now();
    if (!this.#shown || now - this.#lastMs < EVERY_MS) return;
    this.#lastMs = now;
    process.stderr.write(`\r\u001b[K${shorten(text(), (process.stderr.columns || 80) - 1)}`);
  }

  /** Takes the line away, so that something else can be said. */
  clear(): void {
    if (this.#shown && this.#lastMs > Number.NEGATIVE_INFINITY) process.stderr.write("\r\u001b[K");
  }
}
