import type { ExecutedRequest, OperationResult } from "@bft/core";

export function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((each, index) => each === b[index]));
}

export function sameResults(a: readonly OperationResult[], b: readonly OperationResult[]): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every(({ ok, value }, index) => ok === b[index]?.ok && value === b[index]?.value);
}

export function sameRequest(a: ExecutedRequest, b: ExecutedRequest): boolean {
  return (
    a.client === b.client &&
    a.timestamp === b.timestamp &&
    sameTexts(a.operations, b.operations) &&
    sameResults(a.results, b.results)
  );
}
