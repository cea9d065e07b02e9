import type { RequestName, Statement, TraceEvent } from "@bft/core";
import { type Subject, sameRequest } from "./subject.js";
import { answerText, type TraceFacts, type TraceRefusal } from "./trace-facts.js";

/** Dropped messages that are kept until it is known which of them were about the subject; the newest count. */
const DROPPED_KEPT = 50_000;

/** Folds the events of a trace into what they tell about one subject. */
export class TraceSearch {
  readonly #subject: Subject;
  #seq: number | null;
  #requests: readonly RequestName[] = [];
  #serviceRefused: string | null = null;
  #invokedAt: number | null = null;
  #answered = false;
  #readOnly = false;
  readonly #executed = new Map<number, TraceFacts["executed"][number]>();
  readonly #voted = new Map<number, TraceFacts["voted"][number]>();
  readonly #replies = new Map<number, string>();
  readonly #took = new Set<number>();
  readonly #accused = new Set<number>();
  readonly #lastExecuted = new Map<number, number>();
  /** Ids of the messages that are about the subject. */
  readonly #ids = new Set<string>();
  #dropped: { readonly id: string; readonly refusal: Omit<TraceRefusal, "count"> }[] = [];

  /** @param seq the number of the subject, when it is known */
  constructor(subject: Subject, seq: number | null) {
    this.#subject = subject;
    this.#seq = seq;
  }

  observe(event: TraceEvent): void {
    switch (event.kind) {
      case "started":
        this.#lastExecuted.set(event.replica, event.lastExecuted);
        break;
      case "state-installed":
        this.#lastExecuted.set(event.replica, event.seq);
        break;
      case "executed":
        this.#lastExecuted.set(event.replica, event.seq);
        this.#onExecuted(event);
        break;
      case "sent":
        if (this.#isAbout(event.statement)) this.#onVote(event.replica, event.id, event.statement);
        break;
      case "took":
        if (event.message === "request" && this.#isSubject(event.signer, event.timestamp)) {
          this.#took.add(event.replica);
          this.#ids.add(event.id);
        }
        break;
      case "dropped":
        this.#onDropped(event);
        break;
      case "replied":
        if (this.#names(event)) this.#replies.set(event.replica, answerText(event.seq, event.results));
        break;
      case "evidence":
        if (this.#isAbout(event.first)) this.#accused.add(event.accused);
        break;
      default:
    }
  }

  /** What its client wrote down itself. */
  observeClient(event: TraceEvent): void {
    if (event.kind === "invoked" && this.#names(event)) {
      this.#invokedAt = event.at;
      this.#readOnly = event.readOnly;
    }
    if (event.kind === "fell-back" && this.#names(event)) this.#invokedAt = event.at;
    if (event.kind === "answered" && this.#names(event)) this.#answered = true;
  }

  facts(gap: string | null): TraceFacts {
    return {
      gap,
      // The number of a request is certain once it was executed: before that, who named it may lie.
      seq: this.#subject.kind === "seq" || this.#executed.size > 0 ? this.#seq : null,
      requests: this.#requests,
      executed: [...this.#executed.values()],
      serviceRefused: this.#serviceRefused,
      voted: [...this.#voted.values()],
      refusals: counted(this.#dropped.filter(({ id }) => this.#ids.has(id)).map(({ refusal }) => refusal)),
      took: [...this.#took],
      replies: [...this.#replies].map(([replica, answer]) => ({ replica, answer })),
      invokedAt: this.#invokedAt,
      answered: this.#answered,
      readOnly: this.#readOnly,
      lastExecuted: this.#lastExecuted,
      accused: [...this.#accused],
    };
  }

  #onExecuted(event: Extract<TraceEvent, { kind: "executed" }>): void {
    const request = event.requests.find((each) => this.#names(each));
    if (this.#subject.kind === "request" ? request === undefined : event.seq !== this.#seq) return;
    this.#seq = event.seq;
    this.#requests = event.requests.map(({ client, timestamp }) => ({ client, timestamp }));
    this.#executed.set(event.replica, { replica: event.replica, view: event.view, digest: event.digest });
    const refused = request?.results.find(({ ok }) => !ok);
    if (refused !== undefined) this.#serviceRefused = refused.value ?? "it gave no reason";
  }

  #onVote(replica: number, id: string, statement: Statement): void {
    this.#ids.add(id);
    const digest = digestIn(statement, this.#seq);
    if (digest !== null && "view" in statement)
      this.#voted.set(replica, { replica, kind: statement.kind, view: statement.view, digest });
  }

  #onDropped({ id, replica, from, message, reason }: Extract<TraceEvent, { kind: "dropped" }>): void {
    if (id === null) return;
    this.#dropped.push({ id, refusal: { replica, from, message, reason } });
    // Half at a time, so that a flood does not cost a copy for each of them.
    if (this.#dropped.length > 2 * DROPPED_KEPT) this.#dropped = this.#dropped.slice(-DROPPED_KEPT);
  }

  #isAbout(statement: Statement): boolean {
    return this.#seq !== null && digestIn(statement, this.#seq) !== null;
  }

  #isSubject(signer: string, timestamp: number | null): boolean {
    const { kind } = this.#subject;
    return kind === "request" && signer === `client ${this.#subject.client}` && timestamp === this.#subject.timestamp;
  }

  #names(name: RequestName): boolean {
    return this.#subject.kind === "request" && sameRequest(name, this.#subject);
  }
}

/** What a statement says of a number, or null when it says nothing of it. */
function digestIn(statement: Statement, seq: number | null): string | null {
  switch (statement.kind) {
    case "pre-prepare":
    case "prepare":
    case "commit":
    case "accepted":
      return statement.seq === seq ? statement.digest : null;
    case "accept":
      return statement.values.find((value) => value.seq === seq)?.digest ?? null;
    default:
      return null;
  }
}

/** Equal refusals as one. */
function counted(refusals: readonly Omit<TraceRefusal, "count">[]): readonly TraceRefusal[] {
  const counts = new Map<string, TraceRefusal>();
  for (const refusal of refusals) {
    const key = JSON.stringify(refusal);
    counts.set(key, { ...refusal, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
