import type { BenchPlan } from "./plan.js";

/** What one request asks for. */
export interface BenchRequest {
  readonly operations: readonly string[];
  readonly readOnly: boolean;
}

/** Accounts that a benchmark of the service bank opens first; its `--keys` are more than that service would have. */
const OPENING_BALANCE = 1_000_000;
/** How uneven the distribution is: 0.99 as in the YCSB benchmark. */
const ZIPF_EXPONENT = 0.99;

/** Services for which operations can be made up. */
export const BENCH_SERVICES = ["kv", "bank", "counter"] as const;
export type BenchService = (typeof BENCH_SERVICES)[number];

/** Makes requests up, as the plan says. `random` is uniform in [0, 1). */
export class Workload {
  readonly #plan: BenchPlan;
  readonly #service: BenchService;
  readonly #random: () => number;
  readonly #pickKey: () => number;
  readonly #filling: string;
  #written = 0;

  constructor(plan: BenchPlan, service: BenchService, random: () => number) {
    this.#plan = plan;
    this.#service = service;
    this.#random = random;
    this.#pickKey = plan.distribution === "zipf" ? zipf(plan.keys, random) : () => Math.floor(random() * plan.keys);
    this.#filling = "v".repeat(plan.valueBytes);
  }

  /** Operations that must be executed before the others have a meaning. */
  preparation(): readonly string[] {
    if (this.#service !== "bank") return [];
    return Array.from({ length: this.#plan.keys }, (_, key) => `open bench-${key} ${OPENING_BALANCE}`);
  }

  next(): BenchRequest {
    const { operationsPerRequest, readShare, fastReads } = this.#plan;
    if (fastReads) {
      const readOnly = this.#random() < readShare;
      return { readOnly, operations: this.#list(operationsPerRequest, () => (readOnly ? this.#read() : this.#write())) };
    }
    const one = () => (this.#random() < readShare ? this.#read() : this.#write());
    return { readOnly: false, operations: this.#list(operationsPerRequest, one) };
  }

  #list(count: number, one: () => string): readonly string[] {
    return Array.from({ length: count }, one);
  }

  #read(): string {
    switch (this.#service) {
      case "kv":
        return `get bench-${this.#pickKey()}`;
      case "bank":
        return `balance bench-${this.#pickKey()}`;
      case "counter":
        return "get";
    }
  }

  #write(): string {
    switch (this.#service) {
      case "kv":
        return `set bench-${this.#pickKey()} ${this.#value()}`;
      case "bank":
        return `transfer bench-${this.#pickKey()} bench-${this.#pickKey()} 1`;
      case "counter":
        return "add 1";
    }
  }

  /** Of the size that was asked for, and not the one before. */
  #value(): string {
    this.#written += 1;
    const number = String(this.#written);
    return number.length >= this.#filling.length
      ? number.slice(-this.#filling.length)
      : this.#filling.slice(number.length) + number;
  }
}

/** Rank r of `count` is drawn with a weight of 1 / r^0.99. */
function zipf(count: number, random: () => number): () => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    sum += 1 / (rank + 1) ** ZIPF_EXPONENT;
    sums[rank] = sum;
  }
  return () => firstAbove(sums, random() * sum);
}

function firstAbove(sums: Float64Array, value: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
