import type { Statement } from "@bft/core";
import { SlotMap } from "./bounded.js";

export type VoteKind = "pre-prepare" | "prepare" | "commit";
export type VoteStatement = Extract<Statement, { readonly kind: VoteKind }>;

/** Who voted for one digest in one view and slot, in one phase. */
export interface Ballot {
  readonly digest: string;
  /** Distinct, in the order in which they voted first. */
  readonly signers: number[];
  /** Whom each of `signers` sent it to; null: to all. */
  readonly receivers: (Set<number> | null)[];
}

/** The ballots of one view and slot. A second ballot of a phase means that somebody lied, or that a primary did. */
export type ViewVotes = Readonly<Record<VoteKind, Ballot[]>>;

/** Views of one slot, and digests of one phase in one view, that liars may bring up before they are no longer listened to. */
const BALLOTS_MAX = 64;

const NONE: readonly Ballot[] = [];
const NO_VIEWS: ReadonlyMap<number, ViewVotes> = new Map();

/** All votes that left, of liars too. A vote says nothing about what its signer did besides. */
export class Votes {
  readonly #slots = new SlotMap<Map<number, ViewVotes>>();
  readonly #replicas: number;
  /** More digests were brought up somewhere than are remembered. */
  crowded = false;

  constructor(replicas: number) {
    this.#replicas = replicas;
  }

  record({ kind, view, seq, digest }: VoteStatement, signer: number, to: readonly number[], lies: boolean): void {
    let views = this.#slots.get(seq);
    if (views === undefined) {
      views = new Map();
      this.#slots.set(seq, views);
    }
    let votes = views.get(view);
    let ballot = votes === undefined ? null : find(votes[kind], digest);
    if (ballot === null) {
      if (lies && (views.size >= BALLOTS_MAX || (votes?.[kind].length ?? 0) >= BALLOTS_MAX)) {
        this.crowded = true;
        return;
      }
      if (votes === undefined) {
        votes = { "pre-prepare": [], prepare: [], commit: [] };
        views.set(view, votes);
      }
      ballot = { digest, signers: [], receivers: [] };
      votes[kind].push(ballot);
    }
    this.#add(ballot, signer, to);
  }

  /** The votes for one digest, or null when nobody cast one. */
  ballot(kind: VoteKind, view: number, seq: number, digest: string): Ballot | null {
    return find(this.ballots(kind, view, seq), digest);
  }

  ballots(kind: VoteKind, view: number, seq: number): readonly Ballot[] {
    return this.#slots.get(seq)?.get(view)?.[kind] ?? NONE;
  }

  /** All that was voted for a slot, by view. */
  views(seq: number): ReadonlyMap<number, ViewVotes> {
    return this.#slots.get(seq) ?? NO_VIEWS;
  }

  #add(ballot: Ballot, signer: number, to: readonly number[]): void {
    const everyone = to.length >= this.#replicas - 1;
    const index = ballot.signers.indexOf(signer);
    if (index < 0) {
      ballot.signers.push(signer);
      ballot.receivers.push(everyone ? null : new Set(to));
      return;
    }
    const known = ballot.receivers[index] ?? null;
    if (known === null) return;
    for (const each of to) known.add(each);
    if (everyone || known.size >= this.#replicas - 1) ballot.receivers[index] = null;
  }
}

function find(ballots: readonly Ballot[], digest: string): Ballot | null {
  for (const ballot of ballots) if (ballot.digest === digest) return ballot;
  return null;
}

/** The signers whose vote was sent to `receiver`, its own included. */
export function signersSeenBy(ballot: Ballot | null, receiver: number): readonly number[] {
  if (ballot === null) return [];
  return ballot.signers.filter((signer, index) => {
    const to = ballot.receivers[index] ?? null;
    return signer === receiver || to === null || to.has(receiver);
  });
}
