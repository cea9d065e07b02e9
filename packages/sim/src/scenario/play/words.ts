import type { OperationResult, ProtocolName } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";

/** `replica 2`, `replicas 0, 1 and 3`; `no replica`. */
export function replicasText(ids: readonly number[]): string {
  if (ids.length === 0) return "no replica";
  return ids.length === 1 ? `replica ${ids[0]}` : `replicas ${listed(ids)}`;
}

/** `1, 2 and 3`. */
export function listed(items: readonly (string | number)[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** What the service answered; what clients sent may be in it. */
export function resultText({ ok, value }: OperationResult): string {
  if (!ok) return `refused (${value ?? "no reason given"})`;
  return value === null ? "no value" : `"${value}"`;
}

export function valueText(value: string | null): string {
  return value === null ? "no value" : `"${value}"`;
}

/** `350 ms`, `1.5 s`. */
export function spanText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}

export function wordsOf(protocol: ProtocolName) {
  return protocolNamed(protocol).words;
}
