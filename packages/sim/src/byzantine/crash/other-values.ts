import { type Command, makeValue, type Ports, type Value } from "@bft/core";
import { Remembered } from "../remembered.js";

/** More values than a window holds, so that one that is sent again is told as it was told first. */
const VALUES_MAX = 2048;

/** Makes of each value another one that a replica would take as well: nobody can tell what the clients really asked for. */
export class OtherValues {
  readonly #ports: Ports;
  readonly #others = new Remembered<string, Value>(VALUES_MAX);
  #earlier: Command | null = null;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /**
   * Of several commands the same ones the other way round. In place of a single one what another command asked for, as if this
   * client had; before there is another one, nothing. A no-op stays what it is.
   */
  of(value: Value, seq: number): Value {
    const { commands, digest } = value;
    const last = commands.at(-1);
    if (last === undefined) return value;
    const name = `${seq}/${digest}`;
    const known = this.#others.get(name);
    if (known !== undefined) return known;
    const other = makeValue(this.#instead(commands), this.#ports);
    this.#earlier = last;
    this.#others.set(name, other);
    return other;
  }

  #instead(commands: readonly Command[]): readonly Command[] {
    const [first, second] = commands;
    if (first === undefined) return [];
    if (second !== undefined) return commands.toReversed();
    const earlier = this.#earlier;
    if (earlier === null || earlier.operations.join("\n") === first.operations.join("\n")) return [];
    return [{ ...first, operations: earlier.operations }];
  }
}
