import { randomBytes } from "node:crypto";
import { bytesEqual, INTEGER_MAX, type Principal, type ReplicaId, replicaPrincipal } from "@bft/core";
import { CLUSTER_ID_BYTES, type Keyring } from "./crypto/keyring.js";
import { SIGNATURE_BYTES } from "./crypto/scheme.js";
import { principalOf, ROLE_CODES } from "./envelope.js";
import { PROTOCOL_VERSION } from "./version.js";

/**
 * The signed challenge with which a connection starts (docs/adr/0011). Frame bodies, each beginning with its kind:
 *
 *     hello      dialler -> acceptor   1 | version 1 | cluster id 16 | dialler role 1, id 4 | acceptor id 4 | dialler's nonce 32
 *     challenge  acceptor -> dialler   2 | acceptor's nonce 32
 *     proof      dialler -> acceptor   3 | signature 64
 *     welcome    acceptor -> dialler   4 | hint 8 | signature 64
 *
 * Each signs its direction, the whole hello (so both identities, version and cluster) and both nonces, under the handshake's own domain
 * tag: nothing of it can be replayed, reflected or passed off as a message. The acceptor signs last, so an unknown peer costs it nothing.
 */
export type HandshakeRefusalCode =
  /** Not the frame that had to come, or not of its length. */
  | "handshake-malformed"
  | "handshake-version"
  | "handshake-cluster"
  /** The dialler's name is not in the cluster's list. */
  | "handshake-unknown-sender"
  /** The dialler wanted another replica than this one. */
  | "handshake-wrong-acceptor"
  /** The dialler says to be this replica itself. */
  | "handshake-own-name"
  | "handshake-signature"
  /** Not done before the deadline. */
  | "handshake-timeout"
  /** The other side closed before it was done. */
  | "handshake-closed";

/** What to do after a handshake frame. */
export type HandshakeStep =
  | { readonly kind: "send"; readonly body: Uint8Array }
  /** Proven: who the other side is. `send` must go out first, if there is one; `hint` is 0 for an acceptor. */
  | { readonly kind: "done"; readonly peer: Principal; readonly send: Uint8Array | null; readonly hint: number }
  | { readonly kind: "refused"; readonly code: HandshakeRefusalCode };

/** One side of a handshake. */
export interface Handshake {
  /** Takes the next frame body, hostile bytes. Never throws. Not to be called again after `done` or `refused`. */
  onFrame(body: Uint8Array): HandshakeStep;
}

/** No handshake frame's body is larger. */
export const HANDSHAKE_FRAME_BYTES_MAX = 128;

const NONCE_BYTES = 32;
const KIND = { hello: 1, challenge: 2, proof: 3, welcome: 4 } as const;
const CLUSTER_AT = 2;
const ROLE_AT = CLUSTER_AT + CLUSTER_ID_BYTES;
const ACCEPTOR_AT = ROLE_AT + 5;
const NONCE_AT = ACCEPTOR_AT + 4;
const HELLO_BYTES = NONCE_AT + NONCE_BYTES;
const HINT_BYTES = 8;

/** Who signs: the first byte of the signed transcript, against reflection. */
const DIRECTION = { dialler: 0, acceptor: 1 } as const;

function transcript(direction: keyof typeof DIRECTION, ...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(DIRECTION[direction]), ...parts]);
}

const refused = (code: HandshakeRefusalCode): HandshakeStep => ({ kind: "refused", code });

/** The side that dialled. It sends `hello()` first. */
export class DiallerHandshake implements Handshake {
  readonly #keyring: Keyring;
  readonly #acceptor: Principal;
  readonly #hello: Uint8Array;
  #acceptorNonce: Uint8Array | null = null;

  /** @param to the replica that must prove to be at the other end. */
  constructor(keyring: Keyring, to: ReplicaId) {
    this.#keyring = keyring;
    this.#acceptor = replicaPrincipal(to);
    const hello = new Uint8Array(HELLO_BYTES);
    const view = new DataView(hello.buffer);
    hello[0] = KIND.hello;
    hello[1] = PROTOCOL_VERSION;
    hello.set(keyring.clusterId, CLUSTER_AT);
    hello[ROLE_AT] = ROLE_CODES[keyring.self.role];
    view.setUint32(ROLE_AT + 1, keyring.self.id);
    view.setUint32(ACCEPTOR_AT, to);
    hello.set(randomBytes(NONCE_BYTES), NONCE_AT);
    this.#hello = hello;
  }

  hello(): Uint8Array {
    return this.#hello;
  }

  onFrame(body: Uint8Array): HandshakeStep {
    return this.#acceptorNonce === null ? this.#onChallenge(body) : this.#onWelcome(body, this.#acceptorNonce);
  }

  #onChallenge(body: Uint8Array): HandshakeStep {
    if (body[0] !== KIND.challenge || body.length !== 1 + NONCE_BYTES) return refused("handshake-malformed");
    const nonce = new Uint8Array(body.subarray(1));
    this.#acceptorNonce = nonce;
    const signature = this.#keyring.sign("bft handshake", transcript("dialler", this.#hello, nonce));
    return { kind: "send", body: Buffer.concat([Uint8Array.of(KIND.proof), signature]) };
  }

  #onWelcome(body: Uint8Array, nonce: Uint8Array): HandshakeStep {
    if (body[0] !== KIND.welcome || body.length !== 1 + HINT_BYTES + SIGNATURE_BYTES) return refused("handshake-malformed");
    const hintBytes = body.subarray(1, 1 + HINT_BYTES);
    const signed = transcript("acceptor", this.#hello, nonce, hintBytes);
    const signature = body.subarray(1 + HINT_BYTES);
    if (!this.#keyring.verify("bft handshake", this.#acceptor, signed, signature)) return refused("handshake-signature");
    const hint = new DataView(body.buffer, body.byteOffset).getBigUint64(1);
    if (hint > BigInt(INTEGER_MAX)) return refused("handshake-malformed");
    return { kind: "done", peer: this.#acceptor, send: null, hint: Number(hint) };
  }
}

/** The side that listens: always a replica. */
export class AcceptorHandshake implements Handshake {
  readonly #keyring: Keyring;
  readonly #hint: () => number;
  readonly #nonce = new Uint8Array(randomBytes(NONCE_BYTES));
  #hello: Uint8Array | null = null;
  #dialler: Principal | null = null;

  /** @param hint what to tell the dialler, an integer >= 0: the view that this replica is in, a first guess and no more. */
  constructor(keyring: Keyring, hint: () => number) {
    this.#keyring = keyring;
    this.#hint = hint;
  }

  onFrame(body: Uint8Array): HandshakeStep {
    if (this.#hello === null || this.#dialler === null) return this.#onHello(body);
    return this.#onProof(body, this.#hello, this.#dialler);
  }

  #onHello(body: Uint8Array): HandshakeStep {
    if (body.length < 2 || body[0] !== KIND.hello) return refused("handshake-malformed");
    // before the length: another version may have another
    if (body[1] !== PROTOCOL_VERSION) return refused("handshake-version");
    if (body.length !== HELLO_BYTES) return refused("handshake-malformed");
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    if (!bytesEqual(body.subarray(CLUSTER_AT, ROLE_AT), this.#keyring.clusterId)) return refused("handshake-cluster");
    const dialler = principalOf(view.getUint8(ROLE_AT), view.getUint32(ROLE_AT + 1));
    if (dialler === null) return refused("handshake-malformed");
    if (!this.#keyring.knows(dialler)) return refused("handshake-unknown-sender");
    const { self } = this.#keyring;
    if (dialler.role === self.role && dialler.id === self.id) return refused("handshake-own-name");
    if (view.getUint32(ACCEPTOR_AT) !== self.id) return refused("handshake-wrong-acceptor");
    this.#dialler = dialler;
    this.#hello = new Uint8Array(body);
    return { kind: "send", body: Buffer.concat([Uint8Array.of(KIND.challenge), this.#nonce]) };
  }

  #onProof(body: Uint8Array, hello: Uint8Array, dialler: Principal): HandshakeStep {
    if (body[0] !== KIND.proof || body.length !== 1 + SIGNATURE_BYTES) return refused("handshake-malformed");
    const signed = transcript("dialler", hello, this.#nonce);
    if (!this.#keyring.verify("bft handshake", dialler, signed, body.subarray(1))) return refused("handshake-signature");
    const hintBytes = new Uint8Array(HINT_BYTES);
    new DataView(hintBytes.buffer).setBigUint64(0, BigInt(this.#hint()));
    const signature = this.#keyring.sign("bft handshake", transcript("acceptor", hello, this.#nonce, hintBytes));
    const welcome = Buffer.concat([Uint8Array.of(KIND.welcome), hintBytes, signature]);
    return { kind: "done", peer: dialler, send: welcome, hint: 0 };
  }
}
