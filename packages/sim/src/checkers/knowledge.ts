import type { TraceEvent } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import type { ClusterFacts } from "./checker.js";
import { Acceptances } from "./crash/acceptances.js";
import { type VoteStatement, Votes } from "./votes.js";

/** What all checkers read: who lies, and every vote that left. It is told of an event before they are. */
export class Knowledge {
  readonly facts: ClusterFacts;
  /** Worked out here and not taken from the protocol under test, which may have it wrong: 2f+1 when n = 3f+1, or a majority. */
  readonly quorum: number;
  readonly votes: Votes;
  /** The votes of Multi-Paxos and Raft. */
  readonly acceptances: Acceptances;
  readonly #liars: Set<number>;
  readonly #lyingClients = new Set<number>();
  #highestExecuted = 0;

  constructor(facts: ClusterFacts) {
    this.facts = facts;
    this.quorum = Math.ceil((facts.replicas + (this.toleratesLies ? facts.faults : 0) + 1) / 2);
    this.votes = new Votes(facts.replicas);
    this.acceptances = new Acceptances(facts.protocol);
    this.#liars = new Set(facts.liars);
  }

  /** False where replicas believe one another, and one liar is one too many. */
  get toleratesLies(): boolean {
    return this.facts.protocol === "pbft";
  }

  /** What a view is called in the protocol. */
  get viewWord(): string {
    return this.toleratesLies ? "view" : protocolNamed(this.facts.protocol).words.view;
  }

  lies(replica: number): boolean {
    return this.#liars.has(replica);
  }

  clientLies(client: number): boolean {
    return this.#lyingClients.has(client);
  }

  get liars(): ReadonlySet<number> {
    return this.#liars;
  }

  /** More lie than the cluster is built for: then safety is lost, and nobody broke a rule by it. */
  get tooManyLie(): boolean {
    return this.#liars.size > (this.toleratesLies ? this.facts.faults : 0);
  }

  primaryOf(view: number): number {
    return view % this.facts.replicas;
  }

  /** True when everything that was sent before an event stands before it in the trace. */
  get knowsWhatCameBefore(): boolean {
    return this.facts.historyComplete && this.facts.exactOrder;
  }

  note(event: TraceEvent): void {
    switch (event.kind) {
      case "behaves":
        if (event.behaviour !== null) this.#liars.add(event.replica);
        return;
      case "client-behaves":
        this.#lyingClients.add(event.client);
        return;
      case "executed":
        if (event.seq > this.#highestExecuted) this.#highestExecuted = event.seq;
        return;
      case "sent":
        if (!this.toleratesLies) return this.acceptances.note(event.statement, event.replica, event.to);
        switch (event.statement.kind) {
          case "pre-prepare":
          case "prepare":
          case "commit":
            return this.#noteVote(event.statement, event.replica, event.to);
          case "new-view": {
            // Any replica may pass a new-view on, so O counts as sent to all.
            const { view, prePrepares } = event.statement;
            const all = Array.from({ length: this.facts.replicas }, (_, id) => id);
            for (const each of prePrepares) this.#noteVote({ kind: "pre-prepare", view, ...each }, event.replica, all);
          }
        }
    }
  }

  #noteVote(vote: VoteStatement, signer: number, to: readonly number[]): void {
    const lies = this.lies(signer);
    // No correct replica's window reaches there, so none takes it (§4.2), and a liar can not make us keep it.
    if (lies && !(vote.seq > 0 && vote.seq <= this.#highestExecuted + this.#reach)) return;
    // §4.2: only the primary of the view pre-prepares, and its prepare does not count.
    if (vote.kind !== "commit" && (vote.kind === "pre-prepare") !== (signer === this.primaryOf(vote.view))) return;
    this.votes.record(vote, signer, to, lies);
  }

  /** A window and more, as the order of events may be approximate. */
  get #reach(): number {
    return 4 * this.facts.checkpointInterval + 1_000;
  }
}
