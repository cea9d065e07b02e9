import type { ClientId, ReplicaId, SeqNum, Timestamp, View } from "../ids.js";
import { clientPrincipal } from "../ids.js";
import { assertNever } from "../invariant.js";
import type { OperationResult, Ports, Signed, SignedOf } from "../machine.js";
import { isWireText } from "../wire/text.js";
import { clientCodec } from "./codec.js";
import type { ClientMessage, Reply, Request } from "./messages.js";
import { PreferredRepliers } from "./preferred-repliers.js";

/** What a protocol asks of its clients. */
export interface ClientRules {
  /** Equal replies of distinct replicas that make a result sure: f+1 where f may lie, 1 where none does. */
  readonly answers: number;
  /** How many replicas may lie: what one more than these report is true of a correct one. */
  readonly liars: number;
  /**
   * Who is asked first: the primary of the highest view that is believed, or whoever answered last, in the highest term. It
   * alone answers then, and the others pass on to it what they get.
   */
  readonly asks: "primary-of-view" | "who-answered";
}

export interface ClientConfig extends ClientRules {
  readonly self: ClientId;
  readonly replicas: number;
  /** Requests that may be outstanding; the same as the replicas' `clientWindow`. */
  readonly window: number;
  /** How long to wait for the primary alone before the request goes to all replicas; doubles up to eightfold (§4.1), or to twice where the leader alone keeps it. */
  readonly retryMs: number;
  /** The first timestamp to use; higher than any that this client used before. */
  readonly firstTimestamp: Timestamp;
  /**
   * `ordered`: reads are ordered like writes, and f+1 equal replies are enough for both (§4.1).
   * `fast`: a read asks all replicas for their present state and needs a quorum of equal replies. For that to be linearizable a
   * write must have been executed by a quorum before it counts, so writes wait for a quorum of equal replies too. All clients
   * of a cluster must have the same setting. We differ from §5.1.3, which accepts writes at f+1: a read could then miss a
   * write that was answered (Berger, Reiser, Bessani, SRDS '21).
   */
  readonly reads: "ordered" | "fast";
}

export type ClientInput =
  /**
   * `readOnly`: the operations change nothing. With fast reads they are then tried without ordering first. `replies`: whether all
   * replicas are to reply, as in §4.1 and unless said otherwise, or no more than are needed, once it is known who is quick.
   */
  | {
      readonly kind: "submit";
      readonly operations: readonly string[];
      readonly readOnly?: boolean;
      readonly replies?: "all" | "enough";
    }
  | { readonly kind: "message"; readonly signed: SignedOf<ClientMessage> }
  | { readonly kind: "timer-fired"; readonly timer: string }
  /** A link came up or went down; `hint` is the view that the replica says it is in, a first guess of the primary. */
  | { readonly kind: "link"; readonly replica: ReplicaId; readonly up: boolean; readonly hint: number | null };

export type ClientEffect =
  | { readonly kind: "send"; readonly to: ReplicaId; readonly signed: SignedOf<ClientMessage> }
  | { readonly kind: "start-timer"; readonly timer: string; readonly delayMs: number }
  | { readonly kind: "cancel-timer"; readonly timer: string }
  /** The request was signed under this timestamp. */
  | { readonly kind: "submitted"; readonly timestamp: Timestamp }
  /** Enough replicas gave equal replies: the result is right (§4.1). Once a request. */
  | { readonly kind: "accepted"; readonly outcome: Outcome }
  /** A read got no quorum of equal replies: it is ordered now, under another timestamp. */
  | { readonly kind: "fell-back"; readonly from: Timestamp; readonly to: Timestamp }
  /** A reply came; whether all have answered by now. */
  | { readonly kind: "answered"; readonly timestamp: Timestamp; readonly replica: ReplicaId; readonly complete: boolean }
  | { readonly kind: "dropped"; readonly from: ReplicaId; readonly reason: ClientDropReason };

export type ClientDropReason = "not-a-reply" | "not-for-this-client" | "not-outstanding" | "results-count" | "duplicate";

interface Asking {
  readonly readOnly: boolean;
  readonly replies: "all" | "enough";
}

/** What is known of one request's replies. */
export interface Outcome {
  readonly timestamp: Timestamp;
  readonly operations: readonly string[];
  readonly results: readonly OperationResult[];
  readonly seq: SeqNum;
  /** The highest view that at least f+1 of the replicas report. */
  readonly view: View;
  /** Replicas whose reply equals the accepted one. */
  readonly agreed: readonly ReplicaId[];
  readonly disagreed: readonly {
    readonly replica: ReplicaId;
    readonly results: readonly OperationResult[];
    readonly seq: SeqNum;
  }[];
  /** Replicas that have not answered and should have. */
  readonly silent: readonly ReplicaId[];
}

interface Pending {
  readonly request: Signed<Request>;
  readonly replies: Map<ReplicaId, Reply>;
  /** One of the equal replies that enough replicas gave. */
  accepted: Reply | null;
  sentToAll: boolean;
  retryMs: number;
}

/** A client of §4.1 as a pure machine, with up to `window` requests outstanding; of any protocol, by its rules. */
export class Client {
  readonly #config: ClientConfig;
  readonly #ports: Ports;
  readonly #pending = new Map<Timestamp, Pending>();
  /** Requests to be ordered that are not answered yet, oldest first. */
  readonly #outstanding = new Set<Timestamp>();
  readonly #all: readonly ReplicaId[];
  readonly #linksUp = new Set<ReplicaId>();
  readonly #views = new Map<ReplicaId, number>();
  readonly #preferred: PreferredRepliers;
  /** Who answered last, and in which view. */
  #answered: { readonly replica: ReplicaId; readonly view: number } | null = null;
  #nextTimestamp: number;
  #effects: ClientEffect[] = [];

  constructor(config: ClientConfig, ports: Ports) {
    this.#config = config;
    this.#ports = ports;
    this.#all = Array.from({ length: config.replicas }, (_, id) => id as ReplicaId);
    this.#nextTimestamp = config.firstTimestamp;
    this.#preferred = new PreferredRepliers(config.answers);
  }

  /**
   * True while another request may be submitted. The span from the oldest outstanding timestamp is what is bounded: replicas
   * keep the last `window` results, so nothing outstanding is ever taken for executed.
   */
  get canSubmit(): boolean {
    return this.#oldest === null || this.#nextTimestamp < this.#oldest + this.#config.window;
  }

  /** The oldest outstanding timestamp. A fast read leaves nothing in the replicas' table of clients, so it takes no place. */
  get #oldest(): Timestamp | null {
    return this.#outstanding.values().next().value ?? null;
  }

  /** @throws RangeError on `submit` when `canSubmit` is false or there is no operation. */
  step(input: ClientInput): readonly ClientEffect[] {
    switch (input.kind) {
      case "submit":
        this.#submit(input.operations, {
          readOnly: input.readOnly === true && this.#config.reads === "fast",
          replies: input.replies ?? "all",
        });
        break;
      case "message":
        this.#onMessage(input.signed);
        break;
      case "timer-fired":
        this.#onTimer(input.timer);
        break;
      case "link":
        this.#onLink(input.replica, input.up, input.hint);
        break;
      default:
        assertNever(input);
    }
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /**
   * True for a reply that says of a request what was accepted already. Its signature need not be checked: whoever made it up, it changes
   * nothing but how many are known to agree.
   */
  isKnown(reply: Reply): boolean {
    const pending = this.#pending.get(reply.timestamp);
    const accepted = pending?.accepted ?? null;
    return pending !== undefined && accepted !== null && reply.client === this.#config.self && equal(pending, reply, accepted);
  }

  /** The replies to a request so far, or null when it is unknown, forgotten or not accepted yet. */
  outcome(timestamp: Timestamp): Outcome | null {
    const pending = this.#pending.get(timestamp);
    return pending === undefined || pending.accepted === null ? null : this.#outcomeOf(pending, pending.accepted);
  }

  #submit(operations: readonly string[], { readOnly, replies }: Asking): Timestamp {
    if (!this.canSubmit) throw new RangeError(`at most ${this.#config.window} requests may be outstanding`);
    if (operations.length === 0) throw new RangeError("a request needs at least one operation");
    if (!operations.every(isWireText))
      throw new RangeError("an operation must be well-formed Unicode text that does not begin with a byte order mark");
    const timestamp = this.#nextTimestamp++ as Timestamp;
    const oldest = this.#oldest ?? timestamp;
    const repliers = !readOnly && replies === "enough" ? this.#nextRepliers() : null;
    const message: Request = { kind: "request", client: this.#config.self, timestamp, operations, readOnly, oldest, repliers };
    const payload = clientCodec.encode(message);
    const signature = this.#ports.sign(payload);
    const signer = clientPrincipal(this.#config.self);
    const request: Signed<Request> = { kind: "request", signer, message, payload, signature, attachment: null };
    const pending: Pending = { request, replies: new Map(), accepted: null, sentToAll: false, retryMs: this.#config.retryMs };
    this.#pending.set(timestamp, pending);
    if (!readOnly) this.#outstanding.add(timestamp);
    this.#forgetOld();
    this.#effects.push({ kind: "submitted", timestamp });
    const primary = this.#primary();
    if (!readOnly && primary !== null && this.#linksUp.has(primary)) this.#send(primary, pending);
    else this.#sendToAll(pending);
    this.#startTimer(pending);
    return timestamp;
  }

  #onMessage(signed: SignedOf<ClientMessage>): void {
    const from = signed.signer.id as ReplicaId;
    const drop = (reason: ClientDropReason) => void this.#effects.push({ kind: "dropped", from, reason });
    if (signed.kind !== "reply" || signed.signer.role !== "replica" || from >= this.#config.replicas) return drop("not-a-reply");
    const reply = signed.message;
    if (reply.client !== this.#config.self) return drop("not-for-this-client");
    const pending = this.#pending.get(reply.timestamp);
    if (pending === undefined) return drop("not-outstanding");
    if (reply.results.length !== pending.request.message.operations.length) return drop("results-count");
    this.#views.set(from, reply.view);
    if (this.#answered === null || reply.view >= this.#answered.view) this.#answered = { replica: from, view: reply.view };
    // The first reply counts; a replica that changes its mind gains nothing by it.
    if (pending.replies.has(from)) return drop("duplicate");
    pending.replies.set(from, reply);
    this.#accept(pending, reply);
    const complete = this.#expected(pending).every((replica) => pending.replies.has(replica));
    if (complete && pending.accepted === null) this.#onDisagreement(pending);
    this.#effects.push({ kind: "answered", timestamp: reply.timestamp, replica: from, complete });
  }

  /** §4.1: the result that f+1 distinct replicas report is accepted: one of them is correct. With fast reads: a quorum. */
  #accept(pending: Pending, reply: Reply): void {
    if (pending.accepted !== null) return;
    let agree = 0;
    for (const other of pending.replies.values()) if (equal(pending, other, reply)) agree++;
    if (agree < this.#config.answers) return;
    pending.accepted = reply;
    this.#outstanding.delete(reply.timestamp);
    this.#effects.push({ kind: "cancel-timer", timer: timerOf(pending) });
    const outcome = this.#outcomeOf(pending, reply);
    if (!isPreferring(pending) && !pending.request.message.readOnly) this.#preferred.noteQuick(outcome.agreed);
    this.#effects.push({ kind: "accepted", outcome });
  }

  /** All who were asked have replied, and not enough of them agree. */
  #onDisagreement(pending: Pending): void {
    if (isPreferring(pending)) this.#askAll(pending);
    else this.#fallBack(pending);
  }

  /** §5.1.3: a read that got no quorum of equal replies is submitted as an ordinary request. */
  #fallBack(pending: Pending): void {
    const { timestamp, operations, readOnly } = pending.request.message;
    if (!readOnly) return;
    // No place for it among the ordered ones now: once more when the timer fires again.
    if (!this.canSubmit) return this.#startTimer(pending);
    this.#pending.delete(timestamp);
    this.#effects.push({ kind: "cancel-timer", timer: timerOf(pending) });
    this.#effects.push({ kind: "fell-back", from: timestamp, to: this.#submit(operations, { readOnly: false, replies: "all" }) });
  }

  #outcomeOf(pending: Pending, accepted: Reply): Outcome {
    const { timestamp, operations } = pending.request.message;
    const expected = this.#expected(pending);
    const agreed: ReplicaId[] = [];
    const disagreed: { replica: ReplicaId; results: readonly OperationResult[]; seq: SeqNum }[] = [];
    const silent: ReplicaId[] = [];
    for (let id = 0; id < this.#config.replicas; id++) {
      const replica = id as ReplicaId;
      const reply = pending.replies.get(replica);
      if (reply === undefined) {
        if (expected.includes(replica)) silent.push(replica);
      } else if (equal(pending, reply, accepted)) agreed.push(replica);
      else disagreed.push({ replica, results: reply.results, seq: reply.seq });
    }
    return {
      timestamp,
      operations,
      results: accepted.results,
      seq: accepted.seq,
      view: this.#view(),
      agreed,
      disagreed,
      silent,
    };
  }

  /** §4.1: no answer in time: the request goes to all replicas, which answer again or relay it to the primary. */
  #onTimer(timer: string): void {
    for (const pending of this.#pending.values()) {
      if (timerOf(pending) !== timer || pending.accepted !== null) continue;
      if (pending.request.message.readOnly) {
        this.#fallBack(pending);
        continue;
      }
      this.#askAll(pending);
      pending.retryMs = Math.min(2 * pending.retryMs, this.#growth * this.#config.retryMs);
      this.#startTimer(pending);
    }
  }

  #onLink(replica: ReplicaId, up: boolean, hint: number | null): void {
    if (!up) return void this.#linksUp.delete(replica);
    this.#linksUp.add(replica);
    if (hint !== null) this.#views.set(replica, hint);
    for (const pending of this.#pending.values())
      if (!pending.replies.has(replica) && (pending.sentToAll || replica === this.#primary())) this.#send(replica, pending);
  }

  /** The highest view that f+1 replicas have reached, so that f liars can not lead the client astray. */
  #view(): View {
    const views = [...this.#views.values()].sort((a, b) => b - a);
    return (views[this.#config.liars] ?? 0) as View;
  }

  /** Who is asked first; null when nobody is known to ask. */
  #primary(): ReplicaId | null {
    if (this.#config.asks === "who-answered") return this.#answered?.replica ?? null;
    return (this.#view() % this.#config.replicas) as ReplicaId;
  }

  /** How far the time between two askings grows: where nobody keeps a request, to ask again is all that helps. */
  get #growth(): number {
    return this.#config.asks === "who-answered" ? 2 : 8;
  }

  /** Who should reply: those who were asked to, or all who were asked again; nobody in particular where the leader alone does. */
  #expected({ request, sentToAll }: Pending): readonly ReplicaId[] {
    if (this.#config.asks === "who-answered") return [];
    return (sentToAll ? null : request.message.repliers) ?? this.#all;
  }

  /** Null where nobody, or the leader alone, is known to ask: it goes to all, or all reply. */
  #nextRepliers(): readonly ReplicaId[] | null {
    const primary = this.#config.asks === "who-answered" ? null : this.#primary();
    return primary === null ? null : this.#preferred.next(primary);
  }

  #send(to: ReplicaId, { request }: Pending): void {
    this.#effects.push({ kind: "send", to, signed: request });
  }

  /** Whoever was asked did not make it sure. */
  #askAll(pending: Pending): void {
    if (isPreferring(pending)) this.#preferred.disappoint();
    this.#sendToAll(pending);
  }

  #sendToAll(pending: Pending): void {
    pending.sentToAll = true;
    for (const replica of this.#linksUp) if (!pending.replies.has(replica)) this.#send(replica, pending);
  }

  #startTimer(pending: Pending): void {
    this.#effects.push({ kind: "start-timer", timer: timerOf(pending), delayMs: pending.retryMs });
  }

  /** Accepted requests are kept for their late replies, as many as may be outstanding. */
  #forgetOld(): void {
    for (const [timestamp, { accepted }] of this.#pending) {
      if (this.#pending.size <= 2 * this.#config.window) return;
      if (accepted !== null) this.#pending.delete(timestamp);
    }
  }
}

/** Not all were asked to reply, so far. */
function isPreferring({ request, sentToAll }: Pending): boolean {
  return request.message.repliers !== null && !sentToAll;
}

function timerOf(pending: Pending): string {
  return `retry ${pending.request.message.timestamp}`;
}

/**
 * Replies are equal when sequence number and results are; the view may differ while it changes. For a read the results alone
 * count: replicas answer it between different batches.
 */
function equal({ request }: Pending, a: Reply, b: Reply): boolean {
  if (a.seq !== b.seq && !request.message.readOnly) return false;
  return (
    a.results.length === b.results.length &&
    a.results.every((result, i) => result.ok === b.results[i]?.ok && result.value === b.results[i]?.value)
  );
}
