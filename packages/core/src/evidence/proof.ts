import { replicaId, replicaPrincipal } from "../ids.js";
import type { MessageBase, Ports } from "../machine.js";
import type { Reply } from "../replication/messages.js";
import type { Protocol } from "../replication/protocol.js";
import { type Contradiction, contradiction, type Testimony } from "./contradiction.js";

/** Two signed payloads of one replica. */
export interface Proof {
  readonly accused: number;
  readonly first: SignedBytes;
  readonly second: SignedBytes;
}

export interface SignedBytes {
  readonly payload: Uint8Array;
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array;
}

export type ProofVerdict =
  | ({ readonly ok: true; readonly accused: number; readonly first: string; readonly second: string } & Contradiction)
  | { readonly ok: false; readonly reason: ProofRefusal };

/** Why two signed payloads prove nothing. */
export type ProofRefusal =
  | "unknown-replica"
  | "signature-invalid"
  /** A payload is no message of the protocol. */
  | "not-a-message"
  /** A correct replica may well sign both. */
  | "no-contradiction";

/** With what a proof is checked: nothing that is secret, and nobody's word. */
export interface ProofContext {
  readonly protocol: Pick<Protocol, "codec" | "telling" | "toleratesLies">;
  readonly replicas: number;
  readonly verify: Ports["verify"];
}

/** Whether the accused really signed two messages that no correct replica signs both. Takes hostile data; never throws. */
export function verifyProof({ accused, first, second }: Proof, { protocol, replicas, verify }: ProofContext): ProofVerdict {
  const refused = (reason: ProofRefusal): ProofVerdict => ({ ok: false, reason });
  if (!Number.isSafeInteger(accused) || accused < 0 || accused >= replicas) return refused("unknown-replica");
  const signer = replicaPrincipal(replicaId(accused));
  if (![first, second].every(({ payload, signature }) => verify(signer, payload, signature))) return refused("signature-invalid");
  const [a, b] = [
    testimonyOf(first.payload, accused, protocol, replicas),
    testimonyOf(second.payload, accused, protocol, replicas),
  ];
  if (a === null || b === null) return refused("not-a-message");
  const found = contradiction(a, b);
  return found === null ? refused("no-contradiction") : { ok: true, accused, first: a.kind, second: b.kind, ...found };
}

/** A payload as what it binds its signer to; null when it is no message. */
function testimonyOf(
  payload: Uint8Array,
  signer: number,
  protocol: ProofContext["protocol"],
  replicas: number,
): (Testimony & { readonly kind: MessageBase["kind"] }) | null {
  const decoded = protocol.codec.decode(payload);
  if (!decoded.ok) return null;
  const { message } = decoded;
  return { kind: message.kind, payload, ...bindingOf(message, signer, protocol, replicas) };
}

/** What a message binds its signer to. */
export function bindingOf(
  message: MessageBase,
  signer: number,
  { telling, toleratesLies }: Pick<Protocol, "telling" | "toleratesLies">,
  replicas: number,
): Pick<Testimony, "statement" | "reply"> {
  // Where a leader is believed, its lie makes those who believe it answer in two ways.
  const reply = toleratesLies && message.kind === "reply" ? (message as Reply) : null;
  return { statement: telling.statementOf(message, { to: signer, replicas }), reply };
}
