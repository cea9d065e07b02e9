import type { MessageBase, ReplicaId } from "@bft/core";
import { replicaPrincipal } from "@bft/core";
import { bindingOf, claimsIn, EvidenceBook, type Finding } from "@bft/core/evidence";
import { protocolNamed } from "@bft/core/protocols";
import type { ClusterConfig } from "../cluster-config.js";
import { publicKeysOf } from "../keyring.js";
import { ClusterPaths } from "../paths.js";
import { recordedMessages } from "../recording/recording-reader.js";
import type { FoundProof } from "./proof-file.js";

interface Word {
  readonly kind: string;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** What was looked at, and what came of it. */
export interface CrossExamination {
  /** Messages that replicas took, those that others quote included. */
  readonly messages: number;
  /** Replicas whose recordings were read. */
  readonly witnesses: readonly number[];
  readonly proofs: readonly FoundProof[];
}

/**
 * Holds what all replicas were told against each other: a liar that tells each one story may be believed by each, and contradicts itself
 * all the same. Recordings are read side by side in order of time, so that two words about one thing meet while both are remembered.
 */
export function crossExamine(dir: string, config: ClusterConfig): CrossExamination {
  const paths = new ClusterPaths(dir);
  const protocol = protocolNamed(config.protocol);
  const keys = publicKeysOf(config);
  const replicas = config.replicas.length;
  const book = new EvidenceBook<Word>(({ signer, tag }) =>
    keys.verify("bft message", replicaPrincipal(signer as ReplicaId), tag.payload, tag.signature),
  );
  const proofs: FoundProof[] = [];
  const witnesses = new Set<number>();
  let messages = 0;
  const hear = (signer: number, message: MessageBase, payload: Uint8Array, signature: Uint8Array): void => {
    messages += 1;
    const binding = bindingOf(message, signer, protocol, replicas);
    const finding = book.add({ signer, ...binding, payload, tag: { kind: message.kind, payload, signature } });
    if (finding !== null) proofs.push(proofOf(finding));
  };
  const recordings = config.replicas.map(({ id }) => ({
    id,
    messages: recordedMessages({ folder: paths.recording(id), clusterId: config.clusterId, replica: id }),
  }));
  for (const { id, payload, signature, signer } of inOrderOfTime(recordings)) {
    witnesses.add(id);
    if (signer.role !== "replica" || signer.id >= replicas) continue;
    const decoded = protocol.codec.decode(payload);
    if (!decoded.ok) continue;
    hear(signer.id, decoded.message, payload, signature);
    for (const claim of claimsIn(decoded.message))
      if (claim.signerId < replicas) hear(claim.signerId, claim.message, claim.payload, claim.signature);
  }
  return { messages, witnesses: [...witnesses].sort((a, b) => a - b), proofs };
}

function proofOf({ accused, rule, first, second }: Finding<Word>): FoundProof {
  return { accused, rule, kinds: [first.kind, second.kind], first, second };
}

interface Recording<Message> {
  readonly id: number;
  readonly messages: Iterator<Message>;
}

/** Messages of several recordings, each in order, by when they were taken. */
function* inOrderOfTime<Message extends { readonly at: number }>(
  recordings: readonly Recording<Message>[],
): Generator<Message & { readonly id: number }> {
  const heads = recordings.map(({ id, messages }) => ({ id, messages, next: messages.next() }));
  for (;;) {
    const [earliest] = heads
      .flatMap((head) => (head.next.done === true ? [] : [{ head, message: head.next.value }]))
      .sort((a, b) => a.message.at - b.message.at);
    if (earliest === undefined) return;
    yield { ...earliest.message, id: earliest.head.id };
    earliest.head.next = earliest.head.messages.next();
  }
}
