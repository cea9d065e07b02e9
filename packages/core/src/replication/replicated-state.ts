import type { Digest } from "../ids.js";
import type { Hash } from "../store/merkle.js";
import { MerkleStore } from "../store/merkle-store.js";
import { PrefixStore, type Store } from "../store/store.js";
import type { Snapshot } from "../store/trie.js";
import { ClientTable } from "./client-table.js";

/**
 * What all correct replicas have in common after the same batches: what the service stored, and which requests of which client were
 * executed. One tree, one digest.
 */
export class ReplicatedState {
  /** To take back what one operation did; the client table stands in it as of the last digest or snapshot. */
  readonly tree = new MerkleStore();
  /** What the service sees. */
  readonly serviceStore: Store = new PrefixStore(this.tree, "s/");
  readonly clients: ClientTable;

  /** @param window requests of one client that may be outstanding */
  constructor(window: number) {
    this.clients = new ClientTable(new PrefixStore(this.tree, "c/", Number.POSITIVE_INFINITY), window);
  }

  digest(hash: Hash): Digest {
    this.clients.save();
    return this.tree.digest(hash);
  }

  snapshot(): Snapshot {
    this.clients.save();
    return this.tree.snapshot();
  }

  /** Puts another state in the place of this one. */
  restore(snapshot: Snapshot): void {
    this.tree.restore(snapshot);
    this.clients.forget();
  }
}
