/** Where the screen writes to: a terminal. */
export interface Terminal {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J\u001b[H";
const LEAVE = "\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l";
const CLEAR = "\u001b[2J\u001b[H";
/** The terminal shows all of what stands between these two at once, if it knows them. */
const BEGIN = "\u001b[?2026h";
const END = "\u001b[?2026l";

/**
 * The terminal's alternate screen. Of each frame only the rows that changed are drawn, each at its place: so nothing flickers,
 * nothing scrolls, and no row is left behind when the size changes.
 */
export class Screen {
  readonly #terminal: Terminal;
  #drawn: readonly string[] = [];
  #state: "closed" | "open" | "left" = "closed";

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  get columns(): number {
    return this.#terminal.columns || 80;
  }

  get rows(): number {
    return this.#terminal.rows || 24;
  }

  enter(): void {
    if (this.#state === "open") return;
    this.#state = "open";
    this.#drawn = [];
    this.#terminal.write(ENTER);
  }

  /** Shows `lines`, none of which is wider than the terminal. */
  draw(lines: readonly string[]): void {
    if (this.#state !== "open") return;
    let out = "";
    for (let row = 0; row < Math.max(lines.length, this.#drawn.length); row++) {
      const line = lines[row] ?? "";
      if (line !== (this.#drawn[row] ?? "")) out += `\u001b[${row + 1};1H\u001b[K${line}\u001b[0m`;
    }
    this.#drawn = lines;
    if (out !== "") this.#terminal.write(BEGIN + out + END);
  }

  /** Empties the screen, so that the next frame is drawn whole: after a change of size. */
  clear(): void {
    this.#drawn = [];
    if (this.#state === "open") this.#terminal.write(CLEAR);
  }

  /** Draws the last frame again, whole: when something else wrote over it. */
  redraw(): void {
    const lines = this.#drawn;
    this.clear();
    this.draw(lines);
  }

  /** Gives the terminal back as it was, once. */
  leave(): void {
    if (this.#state !== "open") return;
    this.#state = "left";
    this.#terminal.write(LEAVE);
  }
}
