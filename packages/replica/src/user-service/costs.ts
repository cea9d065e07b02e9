import { ELEMENTS_PER_STEP } from "./limits.js";
import type { Meter } from "./meter.js";
import { sizeOf } from "./size.js";

type Functions = Record<string, unknown>;

/** Elements that a call works through: known before it from the receiver or the first argument, or after it from the result. */
type Basis = "receiver" | "argument" | "result";

/** The built-in functions whose work grows with their input, by where they stand. Callbacks pay for themselves beside. */
const COSTS: readonly (readonly [owner: string, basis: Basis, names: string])[] = [
  ["Array.prototype", "result", "concat slice flat"],
  [
    "Array.prototype",
    "receiver",
    "copyWithin every fill filter find findIndex findLast findLastIndex flatMap forEach includes indexOf",
  ],
  [
    "Array.prototype",
    "receiver",
    "join lastIndexOf map reduce reduceRight reverse shift some sort splice toReversed toSorted toSpliced",
  ],
  ["Array.prototype", "receiver", "toString unshift with"],
  ["TypedArray.prototype", "result", "slice"],
  [
    "TypedArray.prototype",
    "receiver",
    "copyWithin every fill filter find findIndex findLast findLastIndex forEach includes indexOf",
  ],
  [
    "TypedArray.prototype",
    "receiver",
    "join lastIndexOf map reduce reduceRight reverse set some sort toReversed toSorted toString with",
  ],
  ["String.prototype", "result", "repeat padStart padEnd concat"],
  [
    "String.prototype",
    "receiver",
    "split replace replaceAll match search normalize toLowerCase toUpperCase indexOf lastIndexOf includes",
  ],
  ["Array", "argument", "from"],
  ["RegExp.prototype", "argument", "test"],
  ["JSON", "argument", "parse"],
  ["JSON", "result", "stringify"],
  ["Object", "result", "keys values entries getOwnPropertyNames"],
  ["Object", "argument", "fromEntries"],
];

/** Makes the built-in functions of a realm cost steps in proportion to their work. */
export function chargeBuiltIns(owners: ReadonlyMap<string, object>, meter: Meter): void {
  for (const [owner, basis, names] of COSTS) {
    const functions = owners.get(owner) as Functions;
    for (const name of names.split(" ")) if (name in functions) charge(functions, name, basis, meter);
  }
}

function charge(functions: Functions, name: string, basis: Basis, meter: Meter): void {
  const native = functions[name] as (...args: unknown[]) => unknown;
  // Sorting is dearer than looking at each element once, and without a comparison function nobody else counts it.
  const perElement = (/sort/i.test(name) ? 10 : 1) / ELEMENTS_PER_STEP;
  const metered = {
    [name](this: unknown, ...args: unknown[]): unknown {
      if (basis !== "result") meter.charge(Math.floor(sizeOf(basis === "receiver" ? this : args[0]) * perElement));
      const result = Reflect.apply(native, this, args);
      if (basis === "result") meter.charge(Math.floor(sizeOf(result) * perElement));
      return result;
    },
  }[name];
  Object.defineProperty(functions, name, { value: metered, writable: true, configurable: true, enumerable: false });
}
