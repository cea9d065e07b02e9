import {
  callService,
  type Effect,
  MerkleStore,
  type MessageBase,
  PrefixStore,
  type Reply,
  type Request,
  type SeqNum,
  type SignedOf,
  type View,
} from "@bft/core";
import { Remembered } from "../remembered.js";
import type { Voice } from "../voice.js";

/** Requests that are known to be executed; more than clients may have outstanding. */
const EXECUTED_MAX = 4096;

/** A state of the liar's own, out of which it answers clients without asking anybody. */
export class Answers<M extends MessageBase> {
  readonly #voice: Voice<M>;
  readonly #store = new MerkleStore();
  readonly #serviceStore = new PrefixStore(this.#store, "s/");
  readonly #executed = new Remembered<string, true>(EXECUTED_MAX);
  #seq = 0;

  constructor(voice: Voice<M>) {
    this.#voice = voice;
  }

  /** Follows what the honest replica executes. */
  follow(effects: readonly Effect<M>[]): void {
    for (const effect of effects) {
      if (effect.kind !== "executed") continue;
      this.#seq = Math.max(this.#seq, effect.seq);
      for (const request of effect.requests) this.#execute(request, effect.seq);
    }
  }

  /** The answer to a client, as if it had been ordered next; nothing when it was executed before. */
  give(request: Request, view: View): readonly Effect<M>[] {
    const seq = Math.min(this.#seq + 1, Number.MAX_SAFE_INTEGER) as SeqNum;
    const results = this.#execute(request, seq);
    if (results === null) return [];
    const { client, timestamp } = request;
    const reply: Reply = { kind: "reply", view, client, timestamp, seq, ordered: true, results };
    // Every protocol's messages hold those of clients.
    return [{ kind: "reply", to: client, signed: this.#voice.sign(reply as unknown as M) as SignedOf<M> }];
  }

  #execute({ client, timestamp, operations }: Pick<Request, "client" | "timestamp" | "operations">, seq: number) {
    const name = `${client} ${timestamp}`;
    if (this.#executed.has(name)) return null;
    this.#executed.set(name, true);
    const host = { service: this.#voice.context.service, store: this.#store };
    return callService(host, this.#serviceStore, { client, seq: seq as SeqNum }, operations);
  }
}
