import type { ReplicaStatus } from "@bft/replica";

/** What the replicas counted, over all processes that they had: a process counts from 0, and takes its counts with it when it ends. */
export class Counters {
  readonly #ended = { messages: 0, lies: 0 };
  readonly #running = new Map<number, { readonly messages: number; readonly lies: number }>();

  /** What a replica says of itself now. */
  observe({ id, messagesOut, liesTold }: ReplicaStatus): void {
    this.#running.set(id, { messages: messagesOut, lies: liesTold });
  }

  /** The process of a replica ends; what it counted since it was asked last is not known. */
  ended(id: number): void {
    const last = this.#running.get(id);
    if (last === undefined) return;
    this.#running.delete(id);
    this.#ended.messages += last.messages;
    this.#ended.lies += last.lies;
  }

  get messages(): number {
    return [...this.#running.values()].reduce((sum, each) => sum + each.messages, this.#ended.messages);
  }

  get lies(): number {
    return [...this.#running.values()].reduce((sum, each) => sum + each.lies, this.#ended.lies);
  }
}
