import { utf8Length } from "@bft/core";
import type { ClusterConfig } from "./cluster-config.js";

/**
 * Why replicas would drop a request with these operations unanswered, in one sentence for a person; null when they take it.
 * The bounds are theirs, whatever the protocol: a request must fit into one batch.
 */
export function whyTooLarge(operations: readonly string[], limits: ClusterConfig["limits"]): string | null {
  const { operationBytesMax, batchOperationsMax, batchBytesMax } = limits;
  if (operations.length > batchOperationsMax)
    return `${operations.length} operations are too many for one request; the most is ${batchOperationsMax}`;
  const sizes = operations.map(utf8Length);
  const largest = Math.max(0, ...sizes);
  if (largest > operationBytesMax) return `an operation of ${largest} bytes is too long; the most is ${operationBytesMax}`;
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > batchBytesMax)
    return `operations of ${bytes} bytes together are too many for one request; the most is ${batchBytesMax}, so submit them as several`;
  return null;
}
