import type { MessageBase } from "../machine.js";
import type { Claimed } from "../replication/messages.js";

/**
 * What other replicas signed and a message quotes: the votes of certificates, the view-changes of a new-view with what they quote themselves.
 * Their signatures are claimed, not proven. How deep and how many is bounded by the decoder.
 */
export function* claimsIn(message: MessageBase): Generator<Claimed<MessageBase>> {
  for (const value of Object.values(message)) yield* claimsInValue(value);
}

function* claimsInValue(value: unknown): Generator<Claimed<MessageBase>> {
  if (Array.isArray(value)) {
    for (const each of value) yield* claimsInValue(each);
    return;
  }
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
  if (isClaim(value)) {
    yield value;
    yield* claimsIn(value.message);
    return;
  }
  for (const each of Object.values(value)) yield* claimsInValue(each);
}

function isClaim(value: object): value is Claimed<MessageBase> {
  return "signerId" in value && "signature" in value && "payload" in value && "message" in value;
}
