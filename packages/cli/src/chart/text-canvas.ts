import type { Line, Span, Tone } from "../view/line.js";

/** A row of single characters, each with a tone: what stands later stands above. */
export class Canvas {
  readonly #signs: string[];
  readonly #tones: Tone[];

  constructor(columns: number) {
    this.#signs = Array.from({ length: columns }, () => " ");
    this.#tones = Array.from({ length: columns }, () => "plain");
  }

  put(column: number, sign: string, tone: Tone): void {
    if (column < 0 || column >= this.#signs.length) return;
    this.#signs[column] = sign;
    this.#tones[column] = tone;
  }

  /** `sign` from `from` to `to`, both included; where `crossed` stands there, `crossing` instead. */
  run(from: number, to: number, tone: Tone, sign: string, crossed: string, crossing: string): void {
    for (let column = from; column <= to; column++) {
      const before = this.#signs[column];
      this.put(column, before === crossed || before === crossing ? crossing : sign, tone);
    }
  }

  line(): Line {
    const spans: Span[] = [];
    for (const [column, sign] of this.#signs.entries()) {
      const tone = this.#tones[column] ?? "plain";
      const last = spans.at(-1);
      if (last?.tone === tone) spans[spans.length - 1] = { tone, text: last.text + sign };
      else spans.push({ tone, text: sign });
    }
    return spans;
  }
}
