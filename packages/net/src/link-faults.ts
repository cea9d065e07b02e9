import type { ReplicaId } from "@bft/core";
import { type Clock, systemClock } from "./clock.js";
import { FaultyLink, type HeldLimits } from "./faulty-link.js";
import type { OutgoingFilter } from "./host-types.js";
import { checkLinkFault, type LinkFault, type LinkFaultCounts, SOUND_LINK, sameFault } from "./link-fault.js";

/** A second of a busy link. */
const HELD_LIMITS: HeldLimits = { framesMax: 16_384, bytesMax: 16 << 20 };

const NONE: LinkFaultCounts = { cut: 0, dropped: 0, delayed: 0, duplicated: 0, reordered: 0, overflowed: 0 };

export interface LinkFaultsOptions {
  /** The host's clock; the system's unless given. */
  readonly clock?: Clock;
  /** Uniform in [0, 1), Math.random unless given. */
  readonly random?: () => number;
  readonly limits?: HeldLimits;
}

/**
 * The faults of one host's outgoing links, to be given to it as `filter`. They are made where a frame leaves: the other
 * direction of a link is the other host's. The connections themselves stay up. What goes to clients is never touched.
 */
export class LinkFaults {
  readonly filter: OutgoingFilter;
  readonly #options: Required<LinkFaultsOptions>;
  readonly #links = new Map<ReplicaId, FaultyLink>();
  #closed = false;

  constructor({ clock = systemClock, random = Math.random, limits = HELD_LIMITS }: LinkFaultsOptions = {}) {
    this.#options = { clock, random, limits };
    this.filter = (to, frame, deliver) => {
      const link = to.role === "replica" ? this.#links.get(to.id) : undefined;
      if (link === undefined) deliver(frame);
      else if (!this.#closed) link.send(frame, deliver);
    };
  }

  /**
   * Has everything sent to this replica from now on treated so; null and a fault that does nothing make the link sound again.
   * What was held back leaves at once when the link is sound again, is lost when it is cut, and else keeps its time.
   * @throws RangeError when a value is out of its range.
   */
  set(to: ReplicaId, fault: LinkFault | null): void {
    checkLinkFault(fault ?? SOUND_LINK);
    if (this.#closed) return;
    const link = this.#links.get(to) ?? this.#add(to);
    link.fault = fault ?? SOUND_LINK;
    if (link.fault.cut) link.counts.cut += link.discard();
    else if (sameFault(link.fault, null)) link.release();
  }

  /** Null for a sound link. */
  faultOf(to: ReplicaId): LinkFault | null {
    const fault = this.#links.get(to)?.fault ?? null;
    return sameFault(fault, null) ? null : fault;
  }

  /** What really happened on the way to this replica; it stays when the fault goes. */
  countsOf(to: ReplicaId): LinkFaultCounts {
    return { ...(this.#links.get(to)?.counts ?? NONE) };
  }

  /** Throws away what is held back. */
  close(): void {
    this.#closed = true;
    for (const link of this.#links.values()) link.discard();
  }

  #add(to: ReplicaId): FaultyLink {
    const { clock, random, limits } = this.#options;
    const link = new FaultyLink(clock, random, limits);
    this.#links.set(to, link);
    return link;
  }
}
