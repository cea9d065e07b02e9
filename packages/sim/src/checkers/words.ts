import type { OperationResult } from "@bft/core";
import type { Violation } from "./checker.js";

export function violation(
  checker: string,
  at: number,
  what: string,
  replicas: readonly number[],
  seq: number | null = null,
): Violation {
  return { checker, at, what, replicas, seq };
}

/** `{0,1,2}` */
export function setOf(ids: readonly number[]): string {
  return `{${[...ids].sort((a, b) => a - b).join(",")}}`;
}

/** `the liars 0 and 1`, `replica 2`. */
export function named(one: string, many: string, ids: readonly number[]): string {
  const sorted = [...ids].sort((a, b) => a - b);
  if (sorted.length === 1) return `${one} ${sorted[0]}`;
  return `${many} ${sorted.slice(0, -1).join(", ")} and ${sorted.at(-1)}`;
}

/** The first digits of a digest: enough to tell two apart. */
export function short(digest: string): string {
  return digest.length > 12 ? `${digest.slice(0, 8)}…` : digest;
}

export function list(operations: readonly string[]): string {
  const text = operations.map((each) => JSON.stringify(each)).join(", ");
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

export function outcomes(results: readonly OperationResult[]): string {
  return list(results.map(({ ok, value }) => `${ok ? "" : "refused: "}${value ?? "no value"}`));
}
