import { type ReplicaId, replicaId } from "@bft/core";
import { type HostStats, type LinkFault, LinkFaults, SOUND_LINK, sameFault } from "@bft/net";
import type { LinkChange, ReplicaEvent, ReplicaStatus } from "./admin-protocol.js";

type LinkFaultEvent = Extract<ReplicaEvent["event"], { kind: "link-fault" }>;

/** What is wrong with the outgoing links of one replica, as it is told on the admin socket. It ends with the process. */
export class LinkControl {
  readonly #self: number;
  readonly #others: readonly ReplicaId[];
  readonly #faults = new LinkFaults();
  readonly #tell: (event: LinkFaultEvent) => void;

  constructor(self: number, replicas: number, tell: (event: LinkFaultEvent) => void) {
    this.#self = self;
    this.#others = Array.from({ length: replicas }, (_, id) => replicaId(id)).filter((id) => id !== self);
    this.#tell = tell;
  }

  get filter(): LinkFaults["filter"] {
    return this.#faults.filter;
  }

  /**
   * All of it or nothing.
   * @throws RangeError, a sentence for a person, for a replica that there is no link to and for a value out of its range.
   */
  apply(change: LinkChange): void {
    for (const id of change.towards) {
      if (!this.#others.some((other) => other === id))
        throw new RangeError(`replica ${this.#self} has no link to a replica ${id}`);
    }
    const changed = this.#others.filter((id) => {
      const before = this.#faults.faultOf(id);
      this.#faults.set(id, changedFault(before ?? SOUND_LINK, id, change));
      return !sameFault(before, this.#faults.faultOf(id));
    });
    this.#tellOf(changed);
  }

  /** The host's links with what is wrong with them. */
  describe(links: HostStats["links"]): ReplicaStatus["links"] {
    return links.map((link) => {
      const id = replicaId(link.replica);
      return { ...link, fault: this.#faults.faultOf(id), faultCounts: this.#faults.countsOf(id) };
    });
  }

  close(): void {
    this.#faults.close();
  }

  /** One event for all links that are alike now. */
  #tellOf(changed: readonly ReplicaId[]): void {
    let left = changed;
    for (let first = left[0]; first !== undefined; first = left[0]) {
      const fault = this.#faults.faultOf(first);
      const isAlike = (id: ReplicaId) => sameFault(this.#faults.faultOf(id), fault);
      this.#tell({ kind: "link-fault", replicas: left.filter(isAlike), fault });
      left = left.filter((id) => !isAlike(id));
    }
  }
}

function changedFault(before: LinkFault, id: number, change: LinkChange): LinkFault | null {
  const named = change.towards.includes(id);
  switch (change.kind) {
    case "cut":
      return { ...before, cut: named };
    case "impair":
      return named ? { ...change.impairment, cut: before.cut } : before;
    case "clear":
      return named ? null : before;
  }
}
