import { type Digest, toHex } from "@bft/core";
import type { PbftMessage } from "@bft/core/pbft";
import type { PbftEffect, TestCluster } from "./cluster.js";

/**
 * Watches the correct replicas of a cluster and throws at the first thing that must never be: see DESIGN §7. Reads what they
 * do, not what they think.
 */
export class Safety {
  readonly #cluster: TestCluster;
  readonly #correct: ReadonlySet<number>;
  readonly #said = new Map<string, string>();
  readonly #executed = new Map<number, string>();
  readonly #last = new Map<number, number>();
  readonly #leftFor = new Map<number, number>();
  readonly #marks = new Map<number, readonly [view: number, low: number]>();
  /** Counts what was checked, so that a test can assert that something was. */
  checks = 0;

  constructor(cluster: TestCluster, correct: Iterable<number>) {
    this.#cluster = cluster;
    this.#correct = new Set(correct);
    const before = cluster.observe;
    cluster.observe = (id, effect) => {
      before(id, effect);
      if (this.#correct.has(id)) this.#onEffect(id, effect);
    };
  }

  /** To be called after a replica was started again from its disk. */
  restarted(id: number): void {
    if (!this.#correct.has(id)) return;
    const { lastExecuted, view, lowWaterMark } = this.#cluster.status(id);
    const before = this.#last.get(id) ?? 0;
    if (lastExecuted < before)
      this.#fail(`replica ${id} executed ${before} before its restart, and only ${lastExecuted} after it`);
    this.#last.set(id, lastExecuted);
    this.#noBackwards(id, view, lowWaterMark);
  }

  /** A replica was started again after the power had gone: it may have to execute again what it had not synchronised. */
  lostPower(id: number): void {
    const { lastExecuted, view, lowWaterMark } = this.#cluster.status(id);
    this.#last.set(id, lastExecuted);
    this.#noBackwards(id, view, lowWaterMark);
  }

  /** A replica lost its disk: it may start from nothing, but must not contradict what it said before. */
  wiped(id: number): void {
    this.#last.delete(id);
    this.#marks.delete(id);
  }

  #onEffect(id: number, effect: PbftEffect): void {
    switch (effect.kind) {
      case "send":
      case "broadcast":
        if (effect.signed.signer.role === "replica" && effect.signed.signer.id === id)
          this.#onSaid(id, effect.signed.message, effect.signed.payload);
        break;
      case "state-installed":
        this.#last.set(id, effect.seq);
        this.#same(`state at checkpoint ${effect.seq}`, effect.stateDigest, id);
        break;
      case "executed":
        this.#onExecuted(id, effect);
        break;
      case "checkpoint-stable":
        this.#same(`state at checkpoint ${effect.seq}`, effect.stateDigest, id);
        break;
      case "evidence":
        if (this.#correct.has(effect.accused)) this.#fail(`replica ${id} accuses the correct replica ${effect.accused}`);
        break;
      case "view-entered":
      case "view-change-started":
        this.#noBackwards(id, effect.view, this.#marks.get(id)?.[1] ?? 0);
        break;
    }
  }

  #onExecuted(id: number, { seq, digest, requests }: Extract<PbftEffect, { kind: "executed" }>): void {
    const expected = (this.#last.get(id) ?? 0) + 1;
    if (seq !== expected) this.#fail(`replica ${id} executed ${seq} where ${expected} was due`);
    this.#last.set(id, seq);
    const content = `${digest} ${JSON.stringify(requests)}`;
    const known = this.#executed.get(seq);
    if (known !== undefined && known !== content)
      this.#fail(`replica ${id} executed at ${seq} what another one did not: ${content} instead of ${known}`);
    this.#executed.set(seq, content);
    for (const { client, timestamp } of requests) this.#same(`request ${client}/${timestamp} executed at`, String(seq), id);
    this.checks += 1;
  }

  #onSaid(id: number, message: PbftMessage, payload: Uint8Array): void {
    switch (message.kind) {
      case "pre-prepare":
      case "prepare":
      case "commit":
        this.#vote(id, message.kind, message.view, message.seq, message.digest);
        return;
      case "checkpoint":
        this.#same(`state at checkpoint ${message.seq}`, message.stateDigest, id);
        return;
      case "view-change":
        this.#same(`view-change of replica ${id} for ${message.newView}`, toHex(payload), id);
        this.#leftFor.set(id, Math.max(this.#leftFor.get(id) ?? 0, message.newView));
        return;
      case "new-view":
        if (message.view % this.#cluster.configs.length === id) {
          this.#same(`new-view of replica ${id} for ${message.view}`, toHex(payload), id);
          for (const { message: each } of message.prePrepares) this.#vote(id, "pre-prepare", each.view, each.seq, each.digest);
        }
        return;
    }
  }

  #vote(id: number, kind: string, view: number, seq: number, digest: Digest): void {
    this.#same(`${kind} of replica ${id} in view ${view} for ${seq}`, digest, id);
    if (view < (this.#leftFor.get(id) ?? 0))
      this.#fail(`replica ${id} signed a ${kind} for ${seq} in view ${view}, which it had left for ${this.#leftFor.get(id)}`);
    this.checks += 1;
  }

  #noBackwards(id: number, view: number, low: number): void {
    const [viewBefore, lowBefore] = this.#marks.get(id) ?? [0, 0];
    if (view < viewBefore) this.#fail(`replica ${id} went back from view ${viewBefore} to ${view}`);
    if (low < lowBefore) this.#fail(`replica ${id} went back from h = ${lowBefore} to ${low}`);
    this.#marks.set(id, [view, low]);
  }

  #same(what: string, value: string, id: number): void {
    const known = this.#said.get(what);
    if (known !== undefined && known !== value)
      this.#fail(`${what}: replica ${id} says ${value.slice(0, 80)}, said before was ${known.slice(0, 80)}`);
    this.#said.set(what, value);
  }

  #fail(what: string): never {
    throw new Error(`at ${this.#cluster.now} ms: ${what}`);
  }
}
