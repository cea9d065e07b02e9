import { operationsIn, readValue, type Value } from "../crash/value.js";
import type { Digest } from "../ids.js";
import type { PaxosDropReason } from "./drop-reason.js";
import type { PaxosState } from "./state.js";

/** The value that an attachment claims to be, or why it is none that a correct leader proposes. Who asked for it is not checked. */
export function acceptableValue(r: PaxosState, digest: Digest, bytes: Uint8Array | null): Value | PaxosDropReason {
  const { config, ports } = r;
  if (bytes === null) return "value-missing";
  // More than any correct leader proposes: requests up to batchBytesMax together, or one request of as much, and what surrounds them.
  if (bytes.length > 2 * config.batchBytesMax + 16 * config.batchOperationsMax + 1024) return "value-too-large";
  const value = readValue(bytes, ports);
  if (value === null) return "value-malformed";
  if (value.digest !== digest) return "value-digest-mismatch";
  if (operationsIn(value) > 2 * config.batchOperationsMax) return "value-too-large";
  return value.commands.every(({ client }) => client < config.clients) ? value : "value-malformed";
}
