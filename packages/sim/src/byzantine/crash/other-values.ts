import { type Command, makeValue, type Ports, type Value } from "@bft/core";
import { Remembered } from "../remembered.js";

/** More values than a window holds, so that one that is sent again is told as it was told first. */
const VALUES_MAX = 2048;

/**
 * Makes of what is ordered another order that a replica would take as well: all of it was asked for, and each command is in it once. So
 * nothing but the disagreement is wrong with it.
 */
export class OtherValues {
  readonly #ports: Ports;
  readonly #others = new Remembered<string, Value>(VALUES_MAX);
  /** Waits until another command has gone before it. */
  #held: Command | null = null;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /**
   * Of several commands the same ones the other way round. Of single ones every other is left out at first, and follows the one that
   * comes next. A no-op stays what it is.
   */
  of(value: Value, seq: number): Value {
    const { commands, digest } = value;
    if (commands.length === 0) return value;
    const name = `${seq}/${digest}`;
    const known = this.#others.get(name);
    if (known !== undefined) return known;
    const other = makeValue(this.#instead(commands), this.#ports);
    this.#others.set(name, other);
    return other;
  }

  #instead(commands: readonly Command[]): readonly Command[] {
    const held = this.#held;
    const [only, second] = commands;
    if (held === null && only !== undefined && second === undefined) {
      this.#held = only;
      return [];
    }
    this.#held = null;
    return held === null ? commands.toReversed() : [...commands.toReversed(), held];
  }
}
