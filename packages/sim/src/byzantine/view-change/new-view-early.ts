import { byzantineQuorums, type View } from "@bft/core";
import { type Claimed, claimOf, type PbftSigned, type ViewChange } from "@bft/core/pbft";
import { type LiarContext, others, ownSigned, type PbftBehaviour, type PbftEffect, sendAll } from "../liar.js";
import { newViewOf } from "./new-view.js";

/**
 * Starts the view of which it is the next primary when f+1 replicas have asked for it: all in V is genuine and O follows from it, but
 * what committed need not be known to f+1 (§4.4: V is a quorum).
 */
export function newViewEarly(context: LiarContext): PbftBehaviour {
  const asked = new Asked(context);
  return (input, honest) => {
    if (input.kind === "message") asked.note(input.signed);
    for (const effect of honest) asked.note(ownSigned(context, effect));
    return [...asked.early(), ...honest];
  };
}

/** Who asks for a view of the liar's. */
class Asked {
  readonly #context: LiarContext;
  readonly #weakQuorum: number;
  /** The last of each replica, its own included. */
  readonly #viewChanges = new Map<number, Claimed<ViewChange>>();
  /** The last view that was asked for, and the last one that was begun. */
  #wanted: View | null = null;
  #begun: View | null = null;

  constructor(context: LiarContext) {
    this.#context = context;
    this.#weakQuorum = byzantineQuorums(context.config.replicas, context.config.faults).weakQuorum;
  }

  note(signed: PbftSigned | null): void {
    const { replicas, self } = this.#context.config;
    if (signed?.kind !== "view-change" || signed.signer.role !== "replica") return;
    if (signed.message.newView % replicas !== self) return;
    this.#wanted = signed.message.newView;
    this.#viewChanges.set(signed.signer.id, claimOf(signed));
  }

  /** The new-view, once for each view. */
  early(): readonly PbftEffect[] {
    const view = this.#wanted;
    if (view === null || view === this.#begun) return [];
    const all = [...this.#viewChanges.values()].filter(({ message }) => message.newView === view);
    if (all.length < this.#weakQuorum) return [];
    this.#begun = view;
    return sendAll(others(this.#context), newViewOf(this.#context, view, all.slice(0, this.#weakQuorum)));
  }
}
