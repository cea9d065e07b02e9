import type { Statement } from "@bft/core";
import { LatestMap, SlotMap } from "../bounded.js";

/** A value that was sent to be accepted for one sequence number in one ballot or term, and by whom to whom. */
export interface Offer {
  readonly view: number;
  readonly digest: string;
  readonly leader: number;
  readonly to: Set<number>;
}

/** Offers for one sequence number that liars may bring up before they are no longer listened to. */
const OFFERS_MAX = 64;
/** Ballots or terms in which acknowledgements are remembered. */
const VIEWS_MAX = 1_000;

/** How far a replica acknowledged in one view: what it named, and the highest of it. */
interface Acknowledged {
  readonly seqs: Set<number>;
  upTo: number;
}

/**
 * Who offered and who accepted which value: the votes of Multi-Paxos and Raft. An acknowledgement in Raft is for the whole log up to an
 * index, in Multi-Paxos for one instance.
 */
export class Acceptances {
  readonly #offers = new SlotMap<Offer[]>();
  /** By view and replica. */
  readonly #acknowledged = new LatestMap<Map<number, Acknowledged>>(VIEWS_MAX);
  /** The first that a leader offered in its view. In Raft it stands behind all that it inherited (§5.3: nextIndex begins behind its log). */
  readonly #firstOffered = new LatestMap<number>(VIEWS_MAX);
  readonly #ofPrefixes: boolean;

  constructor(protocol: string) {
    this.#ofPrefixes = protocol === "raft";
  }

  note(statement: Statement, replica: number, to: readonly number[]): void {
    if (statement.kind === "accept") {
      const [first] = statement.values;
      if (first !== undefined && this.#firstOffered.get(statement.view) === undefined)
        this.#firstOffered.set(statement.view, first.seq);
      for (const { seq, digest } of statement.values) this.#offer(seq, statement.view, digest, replica, to);
    }
    if (statement.kind === "accepted") this.#acknowledge(statement.view, replica, statement.seq);
  }

  offers(seq: number): readonly Offer[] {
    return this.#offers.get(seq) ?? [];
  }

  /** Those who said in some view that they have this value at this sequence number: its leader, and whom it was sent to and who accepted. */
  supporters(seq: number, digest: string): readonly number[] {
    const found = new Set<number>();
    for (const { view, digest: offered, leader, to } of this.offers(seq)) {
      if (offered !== digest) continue;
      found.add(leader);
      for (const replica of to) if (this.#accepted(view, replica, seq)) found.add(replica);
    }
    return [...found].sort((a, b) => a - b);
  }

  /** True when a quorum stored everything up to `seq` in one view, the leader of that view counted. */
  hasQuorum(seq: number, quorum: number, leaderOf: (view: number) => number | null): boolean {
    for (const [view, replicas] of this.#acknowledged.entries()) {
      const leader = leaderOf(view);
      const stored = new Set(leader === null ? [] : [leader]);
      for (const replica of replicas.keys()) if (this.#accepted(view, replica, seq)) stored.add(replica);
      if (stored.size >= quorum) return true;
    }
    return false;
  }

  /** What was chosen at `seq` in a lower view, as far as is known: whoever leads in `view` must offer the same. */
  chosenBefore(seq: number, view: number, quorum: number): Offer | null {
    return this.offers(seq).find((offer) => offer.view < view && this.#isChosen(seq, offer, quorum)) ?? null;
  }

  /** A majority accepted it, its leader among them; in Raft (§5.4.2, figure 8) it must have an entry of the leader's own term, too. */
  #isChosen(seq: number, { view, leader }: Offer, quorum: number): boolean {
    const upTo = this.#ofPrefixes ? Math.max(seq, this.#firstOffered.get(view) ?? Number.POSITIVE_INFINITY) : seq;
    const stored = new Set([leader]);
    for (const replica of this.#acknowledged.get(view)?.keys() ?? [])
      if (this.#accepted(view, replica, upTo)) stored.add(replica);
    return stored.size >= quorum;
  }

  #accepted(view: number, replica: number, seq: number): boolean {
    const acknowledged = this.#acknowledged.get(view)?.get(replica);
    if (acknowledged === undefined) return false;
    return this.#ofPrefixes ? acknowledged.upTo >= seq : acknowledged.seqs.has(seq);
  }

  #offer(seq: number, view: number, digest: string, leader: number, to: readonly number[]): void {
    const offers = this.#offers.get(seq) ?? [];
    const same = offers.find((each) => each.view === view && each.digest === digest && each.leader === leader);
    if (same !== undefined) for (const replica of to) same.to.add(replica);
    else if (offers.length < OFFERS_MAX) offers.push({ view, digest, leader, to: new Set(to) });
    this.#offers.set(seq, offers);
  }

  #acknowledge(view: number, replica: number, seq: number): void {
    let replicas = this.#acknowledged.get(view);
    if (replicas === undefined) {
      replicas = new Map();
      this.#acknowledged.set(view, replicas);
    }
    const acknowledged = replicas.get(replica) ?? { seqs: new Set<number>(), upTo: 0 };
    if (!this.#ofPrefixes) acknowledged.seqs.add(seq);
    acknowledged.upTo = Math.max(acknowledged.upTo, seq);
    replicas.set(replica, acknowledged);
  }
}
