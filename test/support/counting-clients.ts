import { ClusterClient } from "@bft/replica";
import { PATIENCE_MS } from "./lab.js";

/** What clients that only ever say `add 1` have seen: each answer is the number of additions executed up to it. */
export interface CountingHistory {
  readonly submitted: number;
  /** The answers, in no order. */
  readonly answers: readonly number[];
}

/** Clients in this process that submit `add 1` to the counter service, one request at a time each, until they are stopped. */
export class CountingClients {
  readonly #clients: readonly ClusterClient[];
  readonly #answers: number[] = [];
  #submitted = 0;
  #stopping = false;
  #running: Promise<void>[] = [];

  private constructor(clients: readonly ClusterClient[]) {
    this.#clients = clients;
  }

  static async start(dir: string, count: number): Promise<CountingClients> {
    const clients = await Promise.all(Array.from({ length: count }, () => ClusterClient.open(dir)));
    const load = new CountingClients(clients);
    load.#running = clients.map((client) => load.#run(client));
    return load;
  }

  get answered(): number {
    return this.#answers.length;
  }

  /** Lets each outstanding request be answered, then ends. */
  async stop(): Promise<CountingHistory> {
    this.#stopping = true;
    try {
      await Promise.all(this.#running);
    } finally {
      await Promise.all(this.#clients.map((client) => client.close()));
    }
    return { submitted: this.#submitted, answers: this.#answers };
  }

  async #run(client: ClusterClient): Promise<void> {
    while (!this.#stopping) {
      this.#submitted += 1;
      const { results } = await client.submit(["add 1"], { timeoutMs: PATIENCE_MS });
      this.#answers.push(Number(results[0]?.value));
    }
  }
}
