import { hash } from "node:crypto";
import { bytesEqual, type Digest, type Ports, type Principal, principalName } from "@bft/core";
import { PROTOCOL_VERSION } from "../version.js";
import { KeyCache } from "./key-cache.js";
import { PUBLIC_KEY_BYTES, type SignatureScheme } from "./scheme.js";
import { type KeyRefusal, vetPublicKey } from "./vet.js";

/** Bytes of a cluster id: random, so that two clusters never share one. */
export const CLUSTER_ID_BYTES = 16;

/**
 * What a signature is for. The tag stands before all signed bytes, so that a signature made for one purpose is no good for another.
 * No tag is the beginning of another.
 */
export type SigningDomain = "bft message" | "bft handshake";

export interface KeyringOptions extends PublicKeysOptions {
  /** Listed in `keys` too. */
  readonly self: Principal;
  /** Secret key of `self`, 32 bytes. */
  readonly seed: Uint8Array;
}

/** A process that holds many keyrings of one cluster, as a load generator does, vets each key once. */
const vetted = new KeyCache<KeyRefusal | null>((key) => vetPublicKey(key));

/** Payloads up to this size are put behind their prefix in a buffer that is used again and again. */
const SCRATCH_BYTES = 1 << 16;

/** Puts the domain tag, the protocol version and the cluster id before payloads. What it returns is good until the next call. */
class SignedBytes {
  readonly #scratch: Uint8Array;
  readonly #prefixBytes: number;

  constructor(domain: SigningDomain, clusterId: Uint8Array) {
    const tag = new TextEncoder().encode(domain);
    this.#prefixBytes = tag.length + 1 + clusterId.length;
    this.#scratch = new Uint8Array(this.#prefixBytes + SCRATCH_BYTES);
    this.#scratch.set(tag);
    this.#scratch[tag.length] = PROTOCOL_VERSION;
    this.#scratch.set(clusterId, tag.length + 1);
  }

  of(payload: Uint8Array): Uint8Array {
    const length = this.#prefixBytes + payload.length;
    let bytes = this.#scratch;
    if (length > bytes.length) {
      bytes = new Uint8Array(length);
      bytes.set(this.#scratch.subarray(0, this.#prefixBytes));
    }
    bytes.set(payload, this.#prefixBytes);
    return bytes.subarray(0, length);
  }
}

export interface PublicKeysOptions {
  readonly scheme: SignatureScheme;
  /** 16 bytes. */
  readonly clusterId: Uint8Array;
  /** Everybody that the cluster knows. Public keys of 32 bytes. */
  readonly keys: Iterable<{ readonly principal: Principal; readonly publicKey: Uint8Array }>;
}

/** The keys of a cluster as anybody may hold them: enough to check who said what. */
export class PublicKeys {
  readonly clusterId: Uint8Array;
  readonly scheme: SignatureScheme;
  /** Signatures made and checked since this was made. */
  readonly signatures = { made: 0, checked: 0 };
  readonly #replicaKeys = new Map<number, Uint8Array>();
  readonly #clientKeys = new Map<number, Uint8Array>();
  readonly #signedBytes: Readonly<Record<SigningDomain, SignedBytes>>;

  /** @throws TypeError when the cluster id has a wrong length, a public key is refused or stands for two principals. */
  constructor({ scheme, clusterId, keys }: PublicKeysOptions) {
    if (clusterId.length !== CLUSTER_ID_BYTES)
      throw new TypeError(`a cluster id has ${CLUSTER_ID_BYTES} bytes, got ${clusterId.length}`);
    this.scheme = scheme;
    this.clusterId = clusterId.slice();
    for (const { principal, publicKey } of keys) this.#add(principal, publicKey);
    this.#refuseSharedKeys();
    this.#signedBytes = {
      "bft message": new SignedBytes("bft message", this.clusterId),
      "bft handshake": new SignedBytes("bft handshake", this.clusterId),
    };
  }

  /** The listed public key (32 bytes), or null for a principal that the cluster does not know. */
  publicKey(principal: Principal): Uint8Array | null {
    return this.#keysOf(principal).get(principal.id) ?? null;
  }

  knows(principal: Principal): boolean {
    return this.#keysOf(principal).has(principal.id);
  }

  /** Never throws; false for a principal that the cluster does not know. */
  verify(domain: SigningDomain, signer: Principal, payload: Uint8Array, signature: Uint8Array): boolean {
    const publicKey = this.publicKey(signer);
    this.signatures.checked += 1;
    return publicKey !== null && this.scheme.verify(publicKey, this.toSign(domain, payload), signature);
  }

  /** What is really signed: `payload` behind the tag, the protocol version and the cluster id. Good until the next call. */
  protected toSign(domain: SigningDomain, payload: Uint8Array): Uint8Array {
    return this.#signedBytes[domain].of(payload);
  }

  #keysOf(principal: Principal): Map<number, Uint8Array> {
    return principal.role === "replica" ? this.#replicaKeys : this.#clientKeys;
  }

  #add(principal: Principal, publicKey: Uint8Array): void {
    const name = principalName(principal);
    const refusal = publicKey.length === PUBLIC_KEY_BYTES ? vetted.get(publicKey) : vetPublicKey(publicKey);
    if (refusal !== null) throw new TypeError(`the public key of ${name} is refused (${refusal.code}): ${refusal.detail}`);
    if (this.knows(principal)) throw new TypeError(`${name} is listed twice in the cluster's keys`);
    this.#keysOf(principal).set(principal.id, publicKey.slice());
  }

  /** One key under two names would count as two votes. */
  #refuseSharedKeys(): void {
    const owners = new Set<string>();
    for (const key of [...this.#replicaKeys.values(), ...this.#clientKeys.values()]) {
      const hex = Buffer.from(key).toString("hex");
      if (owners.has(hex)) throw new TypeError(`public key ${hex} is listed for two principals`);
      owners.add(hex);
    }
  }
}

/** The keys of a cluster as one of its members holds them: everybody's public key and its own secret one. */
export class Keyring extends PublicKeys {
  readonly self: Principal;
  readonly #seed: Uint8Array;

  /** @throws TypeError as PublicKeys does, and when `self` is not listed with the public key of `seed`. */
  constructor({ self, seed, ...options }: KeyringOptions) {
    super(options);
    this.self = self;
    this.#seed = seed.slice();
    const listed = this.publicKey(self);
    if (listed === null) throw new TypeError(`${principalName(self)} is not in the cluster's list of keys`);
    if (!bytesEqual(this.scheme.publicKey(seed), listed))
      throw new TypeError(
        `the secret key of ${principalName(self)} does not belong to the public key that the cluster lists for it`,
      );
  }

  /** Signature (64 bytes) by this member's own key. */
  sign(domain: SigningDomain, payload: Uint8Array): Uint8Array {
    this.signatures.made += 1;
    return this.scheme.sign(this.#seed, this.toSign(domain, payload));
  }
}

/** SHA-256 as 64 lower-case hexadecimal digits. */
export function sha256(bytes: Uint8Array): Digest {
  return hash("sha256", bytes, "hex") as Digest;
}

/** What a protocol machine may ask of the outside, on a member's keys. */
export function portsOf(keyring: Keyring): Ports {
  return {
    hash: sha256,
    sign: (payload) => keyring.sign("bft message", payload),
    verify: (signer, payload, signature) => keyring.verify("bft message", signer, payload, signature),
  };
}

/** `portsOf` a new keyring. @throws TypeError as Keyring's constructor does. */
export function makePorts(options: KeyringOptions): Ports {
  return portsOf(new Keyring(options));
}
