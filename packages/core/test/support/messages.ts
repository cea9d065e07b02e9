import type { ClientId, Digest, ReplicaId, SeqNum, Timestamp, View } from "@bft/core";
import type { PbftMessage } from "@bft/core/pbft";
import { claimOf } from "@bft/core/pbft";
import fc from "fast-check";
import { certificateOf, checkpointOf, commitOf, newViewOf, viewChangeOf } from "./forge.js";

const natural = fc.oneof(fc.nat(300), fc.maxSafeNat());
const view = natural.map((n) => n as View);
const seq = natural.map((n) => n as SeqNum);
const client = fc.nat(0xffff_ffff).map((n) => n as ClientId);
const timestamp = natural.map((n) => n as Timestamp);
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex") as Digest);
const text = fc.string({ unit: "binary", maxLength: 80 }).map((each) => `_${each.toWellFormed()}`);
const vote = { view, seq, digest };

const viewChange = fc.record({ view: fc.nat(9), digest, count: fc.nat(3) }).map(({ view, digest, count }) =>
  viewChangeOf(1, view + 1, {
    stableSeq: 8,
    checkpoints: [0, 2].map((id) => checkpointOf(id, 8, digest)),
    prepared: Array.from({ length: count }, (_, i) => certificateOf(view, 9 + i, digest)),
  }),
);

/** Any well-formed message, of every kind. */
export const anyMessage: fc.Arbitrary<PbftMessage> = fc.oneof(
  fc
    .record({
      kind: fc.constant("request" as const),
      client,
      timestamp,
      operations: fc.array(text, { minLength: 1, maxLength: 4 }),
      readOnly: fc.boolean(),
      repliers: fc.option(
        fc.uniqueArray(fc.nat(255)).map((ids) => ids.sort((a, b) => a - b) as readonly number[] as readonly ReplicaId[]),
      ),
    })
    .chain((request) =>
      fc.maxSafeNat().map((oldest) => ({ ...request, oldest: Math.min(oldest, request.timestamp) as Timestamp })),
    ),
  fc.record({ kind: fc.constant("pre-prepare" as const), ...vote }),
  fc.record({ kind: fc.constant("prepare" as const), ...vote }),
  fc.record({ kind: fc.constant("commit" as const), ...vote }),
  fc.record({
    kind: fc.constant("reply" as const),
    view,
    client,
    timestamp,
    seq,
    ordered: fc.boolean(),
    results: fc.array(fc.record({ ok: fc.boolean(), value: fc.option(text) }), { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant("checkpoint" as const), seq, stateDigest: digest }),
  viewChange.map(({ message }) => message),
  fc
    .record({ changes: fc.array(viewChange, { maxLength: 2 }), digest })
    .map(({ changes, digest }) => newViewOf(1, changes, [[9, digest]]).message),
  fc.record({
    kind: fc.constant("status" as const),
    view,
    inView: fc.boolean(),
    lastExecuted: seq,
    stableSeq: seq,
    abstainsUntil: seq,
  }),
  fc.record({ kind: fc.constant("fetch-batch" as const), seq, digest }),
  fc.record({ kind: fc.constant("batch" as const), seq, digest }),
  fc.record({ seq, digest }).map(({ seq, digest }) => ({
    kind: "committed" as const,
    seq,
    commits: [1, 2].map((id) => claimOf(commitOf(id, 0, 1, digest))),
  })),
  digest.map((each) => ({
    kind: "stable-checkpoint" as const,
    checkpoints: [1, 2].map((id) => claimOf(checkpointOf(id, 8, each))),
  })),
  fc.record({ kind: fc.constant("fetch-state" as const), seq, paths: fc.array(text, { maxLength: 4 }) }),
  fc.record({
    kind: fc.constant("state-nodes" as const),
    seq,
    nodes: fc.array(fc.record({ path: text, bytes: fc.uint8Array() }), { maxLength: 3 }),
  }),
);
