import { setFlagsFromString } from "node:v8";
import { constants, createContext, Script } from "node:vm";
import { chargeBuiltIns } from "./costs.js";
import { ALLOWED_IN_REALM, FORBIDDEN_IN_REALM, forbiddenSentence } from "./forbidden.js";
import type { Meter } from "./meter.js";

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Objects of a realm that we work on. */
const INTRINSICS = `({
  global: globalThis, Object, Array, Error, Math,
  generator: Object.getPrototypeOf(function* () {}).prototype,
  owners: {
    Array, JSON, Object, "Array.prototype": Array.prototype, "String.prototype": String.prototype, "RegExp.prototype": RegExp.prototype,
    "TypedArray.prototype": Object.getPrototypeOf(Uint8Array.prototype),
  },
  withheld: [[String.prototype, "localeCompare"], [String.prototype, "toLocaleLowerCase"], [String.prototype, "toLocaleUpperCase"],
    [Number.prototype, "toLocaleString"], [BigInt.prototype, "toLocaleString"], [Array.prototype, "toLocaleString"], [Array, "fromAsync"]],
})`;

interface Intrinsics {
  readonly global: Record<string, unknown>;
  readonly Object: ObjectConstructor;
  readonly Array: ArrayConstructor;
  readonly Error: ErrorConstructor & { stackTraceLimit: number };
  readonly Math: Math;
  readonly generator: Record<string, Method>;
  readonly owners: Readonly<Record<string, object>>;
  readonly withheld: readonly (readonly [object, string])[];
}

/**
 * Where a service runs: a global object of its own, with the language and nothing else, less what would differ between
 * replicas. It keeps a person's mistakes from splitting the cluster; against malice it is no wall.
 */
export class Realm {
  readonly #context: ReturnType<typeof createContext>;
  readonly #intrinsics: Intrinsics;

  /** @throws RangeError on a version of Node that can not do this. */
  constructor(meter: Meter) {
    if (constants.DONT_CONTEXTIFY === undefined)
      throw new RangeError(`a service of your own needs Node 20.19, 22.8 or later; this is ${process.version}`);
    // A regular expression that backtracks without end is matched in linear time instead. Same answer, other road.
    setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");
    // No code from texts: nobody would have counted its steps.
    this.#context = createContext(constants.DONT_CONTEXTIFY, { codeGeneration: { strings: false, wasm: false } });
    this.#intrinsics = this.run(new Script(INTRINSICS)) as Intrinsics;
    this.#forbid();
    this.#meter(meter);
    this.#close();
  }

  run(script: Script): unknown {
    return script.runInContext(this.#context);
  }

  /** An error that the service may catch. */
  error(message: string): Error {
    return new this.#intrinsics.Error(message);
  }

  list(items: readonly unknown[]): unknown[] {
    return this.#intrinsics.Array.of(...items);
  }

  frozen(properties: object): object {
    return Object.freeze(Object.assign(new this.#intrinsics.Object(), properties));
  }

  #forbid(): void {
    const { global, Math: math, withheld, Error: errors } = this.#intrinsics;
    for (const name of Object.getOwnPropertyNames(global)) if (!ALLOWED_IN_REALM.has(name)) delete global[name];
    for (const [name, why] of FORBIDDEN_IN_REALM) define(global, name, this.#thrower(forbiddenSentence(name, why)));
    define(math, "random", this.#thrower(forbiddenSentence("Math.random")));
    for (const [owner, name] of withheld) define(owner, name, this.#thrower(forbiddenSentence(name)));
    // Where an error was thrown from is told by a stack that is deeper in one replica than in another.
    Object.defineProperty(errors, "stackTraceLimit", { value: 0, writable: false, configurable: false });
  }

  /** Throws the sentence, however it is used. */
  #thrower(sentence: string): object {
    const refuse = (): never => {
      throw this.error(sentence);
    };
    return new Proxy(function forbidden() {}, { apply: refuse, construct: refuse, get: refuse, set: refuse, has: refuse });
  }

  #meter(meter: Meter): void {
    const { generator, owners } = this.#intrinsics;
    chargeBuiltIns(new Map(Object.entries(owners)), meter);
    for (const name of ["next", "return", "throw"]) {
      const native = generator[name] as Method;
      define(generator, name, function metered(this: unknown, ...args: unknown[]) {
        return meter.nested(() => Reflect.apply(native, this, args));
      });
    }
  }

  /** Nothing can be added to the realm, so that no state stays in it from one operation to the next. */
  #close(): void {
    const { global } = this.#intrinsics;
    for (const name of Object.getOwnPropertyNames(global)) {
      const value = global[name];
      if (FORBIDDEN_IN_REALM.has(name) || value === global || !isObject(value)) continue;
      Object.preventExtensions(value);
      if (typeof value === "function" && isObject(value.prototype)) Object.preventExtensions(value.prototype);
    }
    Object.freeze(global);
  }
}

function define(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, writable: true, configurable: true, enumerable: false });
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
