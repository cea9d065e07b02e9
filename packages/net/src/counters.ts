import { type Principal, principalName } from "@bft/core";

/** Where counts go once there are as many keys as may be. */
const OTHER = "other";

const KEYS_MAX = 1024;

/** Counts by name, with a bound on the number of names: beyond it everything new counts as `other`. */
export class Counters {
  readonly #counts = new Map<string, number>();
  readonly #keysMax: number;

  constructor(keysMax = KEYS_MAX) {
    this.#keysMax = keysMax;
  }

  /** Adds one; returns the new count. */
  add(key: string): number {
    const kept = this.#counts.has(key) || this.#counts.size < this.#keysMax ? key : OTHER;
    const count = (this.#counts.get(kept) ?? 0) + 1;
    this.#counts.set(kept, count);
    return count;
  }

  get(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}

/** How a peer is named in counters and events; null is one that has not proven who it is. */
export function peerName(peer: Principal | null): string {
  return peer === null ? "unauthenticated" : principalName(peer);
}

/** How often something was refused or dropped: by reason, and by the peer of the connection on which it came. */
export class ReasonCounters {
  readonly #byReason = new Counters();
  readonly #byPeer = new Counters();

  /** Returns how often this peer gave this reason. */
  add(peer: Principal | null, reason: string): number {
    this.#byReason.add(reason);
    return this.#byPeer.add(`${peerName(peer)}\t${reason}`);
  }

  byReason(): Record<string, number> {
    return this.#byReason.toJSON();
  }

  /** Peer name -> reason -> count. */
  byPeer(): Record<string, Record<string, number>> {
    const peers: Record<string, Record<string, number>> = {};
    for (const [key, count] of Object.entries(this.#byPeer.toJSON())) {
      const [peer = OTHER, reason = OTHER] = key.split("\t");
      peers[peer] ??= {};
      peers[peer][reason] = count;
    }
    return peers;
  }
}
