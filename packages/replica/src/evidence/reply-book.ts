import type { ClientMessage, SignedOf } from "@bft/core";
import { bindingOf, EvidenceBook } from "@bft/core/evidence";
import { protocolNamed } from "@bft/core/protocols";
import type { ClusterConfig } from "../cluster-config.js";
import { EvidenceFolder } from "./evidence-folder.js";

/** Requests whose answers are remembered: twice what a client may have outstanding. A replica that is asked again is asked soon. */
const REQUESTS_MAX = 128;

/** Holds replicas to what they answered a client, and keeps the proof when one answers an ordered request in two ways. */
export class ReplyBook {
  readonly #book = new EvidenceBook<SignedOf<ClientMessage>>(() => true, REQUESTS_MAX);
  readonly #config: ClusterConfig;
  readonly #folder: EvidenceFolder;

  constructor(folder: string, config: ClusterConfig) {
    this.#config = config;
    this.#folder = new EvidenceFolder(folder, config);
  }

  /** A message of a replica whose signature was checked. */
  hear(signed: SignedOf<ClientMessage>): void {
    // A read that was not ordered binds to nothing: the next may be answered in another way.
    if (signed.kind !== "reply" || signed.signer.role !== "replica" || !signed.message.ordered) return;
    const { signer, message, payload } = signed;
    const binding = bindingOf(message, signer.id, protocolNamed(this.#config.protocol), this.#config.replicas.length);
    const finding = this.#book.add({ signer: signer.id, ...binding, payload, tag: signed });
    if (finding === null) return;
    const { accused, rule, first, second } = finding;
    try {
      this.#folder.keep({ accused, rule, kinds: [first.kind, second.kind], first, second });
    } catch {
      // A client that can not write goes on: it was answered all the same, and the proof is a by-product.
    }
  }
}
