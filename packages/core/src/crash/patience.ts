import type { ReplicaId, View } from "../ids.js";
import type { Ports } from "../machine.js";
import { encodeWire, wireInteger } from "../wire/cbor.js";

/** The wait is doubled so often at the most. */
const DOUBLINGS_MAX = 6;
/** Heartbeats after which a leader has proved that the wait is long enough. */
const CALM_HEARTBEATS = 32;

/**
 * How long a replica waits for its leader before it stands for leader itself. Random timeouts keep replicas from standing at the same
 * time (Raft §5.2; "Paxos Made Simple" §2.4 asks for time or chance, too). We differ: a machine has no randomness, so they are drawn
 * from a hash of who waits, in which ballot or term, and for the how-manieth time; and a cluster must come to rest on links that are
 * slower than was assumed, so the wait doubles whenever this replica stands.
 *
 * Only a leader that lasts takes a doubling back. Progress alone would not do: on links that hold a heartbeat up for longer than the
 * base, leaders that live just long enough to have something chosen would follow one another for ever.
 */
export class Patience {
  /** Times that this replica stood, less those that a lasting leader made good. */
  #attempts = 0;
  /** Heartbeats of the present leader since the last of them that counted. */
  #calm = 0;
  #draws = 0;

  /** This replica stands for leader. */
  stand(): void {
    this.#attempts += 1;
  }

  /** A higher ballot or a later term: whoever leads there has yet to last. */
  begin(): void {
    this.#calm = 0;
  }

  /** A heartbeat of the present leader was heard, or sent. */
  heartbeat(): void {
    this.#calm += 1;
    if (this.#calm < CALM_HEARTBEATS) return;
    this.#calm = 0;
    this.#attempts = Math.max(0, this.#attempts - 1);
  }

  /** One to two times the base, doubled once for each attempt that counts. Each call draws anew. */
  drawMs(baseMs: number, self: ReplicaId, view: View, { hash }: Pick<Ports, "hash">): number {
    this.#draws += 1;
    const shortest = baseMs * 2 ** Math.min(this.#attempts, DOUBLINGS_MAX);
    const drawn = hash(encodeWire([self, wireInteger(view), this.#draws]));
    return shortest + Math.floor((shortest * Number.parseInt(drawn.slice(0, 8), 16)) / 2 ** 32);
  }
}
