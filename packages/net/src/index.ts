export {
  ClientHost,
  type ClientHostOptions,
  type ClientHostStats,
  type ClientMachine,
  type ClientNetEffect,
  type ClientNetInput,
} from "./client-host.js";
export { type Clock, systemClock } from "./clock.js";
export { Counters, peerName } from "./counters.js";
export {
  CLUSTER_ID_BYTES,
  Keyring,
  type KeyringOptions,
  makePorts,
  PublicKeys,
  type PublicKeysOptions,
  portsOf,
  type SigningDomain,
  sha256,
} from "./crypto/keyring.js";
export { generateKeyPair, KeyFileError, type KeyPair, type PrincipalKey, readKeyFile, writeKeyFile } from "./crypto/keys.js";
export { PUBLIC_KEY_BYTES, type SchemeName, SEED_BYTES, SIGNATURE_BYTES, type SignatureScheme } from "./crypto/scheme.js";
export { selectScheme } from "./crypto/select.js";
export { type KeyRefusal, vetPublicKey } from "./crypto/vet.js";
export {
  decodeEnvelope,
  ENVELOPE_OVERHEAD_BYTES,
  type Envelope,
  type EnvelopeRefusal,
  type EnvelopeRefusalCode,
  type EnvelopeResult,
  encodeEnvelopeFrame,
} from "./envelope.js";
export { encodeFrame, FRAME_HEADER_BYTES, FrameParser, type FrameRefusal, type FrameResult } from "./frame.js";
export { type CloseReason, isRefusal, type Traffic } from "./framed-socket.js";
export type { HandshakeRefusalCode } from "./handshake.js";
export { Host } from "./host.js";
export type { Behaviour, HostObserver, HostOptions, HostStats, OutgoingFilter } from "./host-types.js";
export { DEFAULT_LIMITS, type NetLimits, netLimits } from "./limits.js";
export type { LinkStatus, PeerAddress } from "./link.js";
export {
  LINK_DELAY_MS_MAX,
  type LinkFault,
  type LinkFaultCounts,
  type LinkImpairment,
  SOUND_LINK,
  sameFault,
} from "./link-fault.js";
export { LinkFaults, type LinkFaultsOptions } from "./link-faults.js";
export type { DurableLog } from "./outbox.js";
export type { ReceiveRefusal } from "./receive.js";
export { ListenError } from "./server.js";
export { TokenBucket } from "./token-bucket.js";
export { PROTOCOL_VERSION } from "./version.js";
