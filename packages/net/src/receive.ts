import type { Codec, DecodeError, MessageBase, Principal, SignedOf } from "@bft/core";
import type { Keyring } from "./crypto/keyring.js";
import { decodeEnvelope, type EnvelopeRefusalCode } from "./envelope.js";

/** Why a frame did not become a message. All but a machine's own reasons speak against the peer that sent the frame. */
export type ReceiveRefusal =
  | EnvelopeRefusalCode
  | DecodeError["code"]
  /** The envelope names a sender that the cluster does not know. */
  | "unknown-sender"
  /** A message of somebody that this peer may not speak for. */
  | "foreign-sender"
  | "signature-invalid";

export type Received<M extends MessageBase> =
  | { readonly kind: "message"; readonly signed: SignedOf<M> }
  | { readonly kind: "refused"; readonly reason: ReceiveRefusal }
  /** Well formed and of no use now; its signature was not checked, so `from` is not proven. */
  | {
      readonly kind: "dropped";
      readonly from: Principal;
      readonly message: M["kind"];
      readonly reason: string;
      readonly signature: Uint8Array;
    };

export interface ReceiveRules<M extends MessageBase> {
  readonly codec: Codec<M>;
  readonly keyring: Keyring;
  readonly mayCarry: (peer: Principal, sender: Principal) => boolean;
  readonly reasonToDrop: (from: Principal, message: M) => string | null;
}

/** From a frame body, hostile bytes, to a message with a proven sender: the cheap checks first, the signature last. Never throws. */
export function receive<M extends MessageBase>(body: Uint8Array, peer: Principal, rules: ReceiveRules<M>): Received<M> {
  const opened = decodeEnvelope(body);
  if (!opened.ok) return { kind: "refused", reason: opened.refusal.code };
  const { sender, signature, payload, attachment } = opened.envelope;
  if (!rules.keyring.knows(sender)) return { kind: "refused", reason: "unknown-sender" };
  if (!rules.mayCarry(peer, sender)) return { kind: "refused", reason: "foreign-sender" };
  const decoded = rules.codec.decode(payload);
  if (!decoded.ok) return { kind: "refused", reason: decoded.error.code };
  const { message } = decoded;
  const reason = rules.reasonToDrop(sender, message);
  if (reason !== null) return { kind: "dropped", from: sender, message: message.kind, reason, signature };
  if (!rules.keyring.verify("bft message", sender, payload, signature)) return { kind: "refused", reason: "signature-invalid" };
  const signed = { kind: message.kind, signer: sender, message, payload, signature, attachment };
  return { kind: "message", signed: signed as unknown as SignedOf<M> };
}
