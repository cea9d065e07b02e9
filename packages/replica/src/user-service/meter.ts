import { CALL_DEPTH_MAX, ELEMENTS_PER_STEP, STEPS_MAX } from "./limits.js";
import { sizeOf } from "./size.js";

/** Thrown into a service to end its operation. Who catches it gets no further than to the next step. */
class Stop extends Error {}

const TOO_LONG = `the operation used more than ${STEPS_MAX.toLocaleString("en")} steps`;
const TOO_DEEP = `the operation made more than ${CALL_DEPTH_MAX.toLocaleString("en")} calls inside each other`;

/**
 * Counts the steps of an operation. The instrumented code of a service (instrument.ts) changes `fuel` and `depth` itself,
 * which is what keeps metering cheap, and calls the methods when a limit is passed.
 */
export class Meter {
  /** Steps that are left; negative once they ran out, and from then on. */
  fuel = STEPS_MAX;
  /** Calls that are open now. */
  depth = 0;
  #why: string | null = null;
  #hostError: { readonly error: unknown } | null = null;

  /** Starts the next operation. */
  begin(): void {
    this.fuel = STEPS_MAX;
    this.depth = 0;
    this.#why = null;
    this.#hostError = null;
  }

  /**
   * Why the operation was stopped, whatever the service made of that; null when it was not.
   * @param thrown what the service threw in the end, if anything
   * @throws what `fail` was given
   */
  end(thrown: unknown): string | null {
    if (this.#hostError !== null) throw this.#hostError.error;
    return this.#why ?? (isStackOverflow(thrown) ? TOO_DEEP : null);
  }

  /** A limit is passed. */
  stop(): never {
    this.#why ??= this.fuel < 0 ? TOO_LONG : TOO_DEEP;
    this.fuel = -1;
    throw new Stop(this.#why);
  }

  charge(steps: number): void {
    this.fuel -= steps;
    if (this.fuel < 0) this.stop();
  }

  /** An error that is not the service's: it ends the operation, and `end` throws it on. */
  fail(error: unknown): never {
    this.#hostError ??= { error };
    return this.stop();
  }

  /**
   * Begins each `catch` of the service: the engine's own limit, which depends on what is compiled how, must not become
   * something that a service acts upon.
   */
  caught(error: unknown): void {
    if (!isStackOverflow(error)) return;
    this.#why = TOO_DEEP;
    this.stop();
  }

  /** Runs `call` one level deeper. */
  nested<T>(call: () => T): T {
    try {
      if (++this.depth > CALL_DEPTH_MAX) this.stop();
      return call();
    } finally {
      this.depth--;
    }
  }

  /** What `...value` costs; gives it back. */
  spread<T>(value: T): T {
    this.charge(Math.floor(sizeOf(value) / ELEMENTS_PER_STEP));
    return value;
  }
}

function isStackOverflow(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  try {
    const { name, message } = error as Error;
    return name === "RangeError" && message === "Maximum call stack size exceeded";
  } catch {
    return false;
  }
}
