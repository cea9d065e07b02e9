import type { Signed } from "@bft/core";
import { type Proof, type ProofContext, type ProofRefusal, type ProofVerdict, verifyProof } from "@bft/core/evidence";
import { protocolNamed } from "@bft/core/protocols";
import * as v from "valibot";
import type { ClusterConfig } from "../cluster-config.js";
import { publicKeysOf } from "../keyring.js";
import { parsedLine } from "../trace/format.js";

/** Larger than any two messages: a frame has at most 8 MiB, and base64 makes four bytes of three. */
export const PROOF_BYTES_MAX = 24 << 20;

/** Not by a regular expression: that of the library overflows its stack on some megabytes. */
const base64 = v.pipe(
  v.string(),
  v.check((text) => Buffer.from(text, "base64").toString("base64") === text, "base64 expected"),
);
const signedBytes = v.object({
  /** For people; what counts is in the payload. */
  kind: v.string(),
  payload: base64,
  signature: base64,
});

/** A proof as it travels (docs/evidence.md): JSON that anybody can check who has the cluster's public keys. */
const proofFileSchema = v.object({
  version: v.literal(1),
  clusterId: v.string(),
  protocol: v.string(),
  accused: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** For people: what the two contradict each other in. */
  rule: v.string(),
  first: signedBytes,
  second: signedBytes,
});
export type ProofFile = v.InferOutput<typeof proofFileSchema>;

export type ProofFileVerdict =
  | Extract<ProofVerdict, { ok: true }>
  | { readonly ok: false; readonly reason: ProofRefusal | "too-large" | "not-a-proof-file" | "other-cluster" };

/** What is known of a proof before it is written down. */
export interface FoundProof extends Proof {
  readonly rule: string;
  readonly kinds: readonly [string, string];
}

/** Two signed messages as a proof; null when they are none after all, as when a liar accuses somebody. */
export function proofFound(
  { accused, first, second }: { readonly accused: number; readonly first: Signed; readonly second: Signed },
  context: ProofContext,
): FoundProof | null {
  const verdict = verifyProof({ accused, first, second }, context);
  return verdict.ok ? { accused, rule: verdict.rule, kinds: [first.kind, second.kind], first, second } : null;
}

export function proofText({ accused, rule, kinds, first, second }: FoundProof, config: ClusterConfig): string {
  const part = (kind: string, { payload, signature }: Proof["first"]) => ({
    kind,
    payload: Buffer.from(payload).toString("base64"),
    signature: Buffer.from(signature).toString("base64"),
  });
  const file: ProofFile = {
    version: 1,
    clusterId: config.clusterId,
    protocol: config.protocol,
    accused,
    rule,
    first: part(kinds[0], first),
    second: part(kinds[1], second),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Takes any text, and nothing of it on trust.
 * @param keys of the same cluster, for who checks many: a cluster may list a thousand, and each is vetted when it is loaded
 */
export function verifyProofText(text: string, config: ClusterConfig, keys = publicKeysOf(config)): ProofFileVerdict {
  if (text.length > PROOF_BYTES_MAX) return { ok: false, reason: "too-large" };
  const parsed = v.safeParse(proofFileSchema, parsedLine(text));
  if (!parsed.success) return { ok: false, reason: "not-a-proof-file" };
  const { clusterId, protocol, accused, first, second } = parsed.output;
  if (clusterId !== config.clusterId || protocol !== config.protocol) return { ok: false, reason: "other-cluster" };
  const bytes = ({ payload, signature }: ProofFile["first"]) => ({
    payload: new Uint8Array(Buffer.from(payload, "base64")),
    signature: new Uint8Array(Buffer.from(signature, "base64")),
  });
  return verifyProof(
    { accused, first: bytes(first), second: bytes(second) },
    {
      protocol: protocolNamed(config.protocol),
      replicas: config.replicas.length,
      verify: (signer, payload, signature) => keys.verify("bft message", signer, payload, signature),
    },
  );
}
