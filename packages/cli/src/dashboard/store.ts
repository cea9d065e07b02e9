import type { Paint } from "../view/paint.js";
import { frameOf } from "./frame.js";
import type { Key } from "./keys.js";
import { reduce } from "./reducer.js";
import type { Command, DashboardAction, DashboardState } from "./state.js";

/** Rows of text, ready for the terminal. */
export type Frame = readonly string[];

/**
 * Holds the state and makes frames of it. Actions change the state at once; a frame is made when `flush` is called, and
 * whoever shows it hears of it only when it differs from the last one: drawing costs far more than reducing.
 */
export class DashboardStore {
  #state: DashboardState;
  #frame: Frame;
  #stale = false;
  readonly #paint: Paint;
  readonly #run: (command: Command) => void;
  readonly #listeners = new Set<() => void>();

  constructor(initial: DashboardState, paint: Paint, run: (command: Command) => void) {
    this.#state = initial;
    this.#paint = paint;
    this.#run = run;
    this.#frame = this.#draw();
  }

  get state(): DashboardState {
    return this.#state;
  }

  dispatch(action: DashboardAction): void {
    const { state, commands } = reduce(this.#state, action);
    this.#stale ||= state !== this.#state;
    this.#state = state;
    for (const command of commands) this.#run(command);
  }

  /** Keys are answered at once: a person waits for them. */
  press(keys: readonly Key[], atMs: number): void {
    for (const key of keys) this.dispatch({ kind: "key", key, atMs });
    this.flush();
  }

  /** Makes a new frame if the state changed. */
  flush(): void {
    if (!this.#stale) return;
    this.#stale = false;
    const next = this.#draw();
    if (next.length === this.#frame.length && next.every((line, row) => line === this.#frame[row])) return;
    this.#frame = next;
    for (const listener of this.#listeners) listener();
  }

  readonly frame = (): Frame => this.#frame;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  #draw(): Frame {
    return frameOf(this.#state).map(this.#paint);
  }
}
