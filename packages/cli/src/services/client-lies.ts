import { randomInt } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { ClusterClient, ClusterError, type ReplicaStatus, rulesForClients } from "@bft/replica";
import { createClientBehaviour, Random } from "@bft/sim/byzantine";
import type { ClusterModel } from "../watch/model.js";
import { type ClientTally, ClientTallying } from "./client-tally.js";
import type { Cluster } from "./cluster.js";
import { lookAt } from "./status.js";

/** Requests that are under way at the same time. */
const TOGETHER = 10;
/** How long a request may wait for enough equal replies; what a liar asks for is often never answered. */
const ANSWER_TIMEOUT_MS = 1_000;

/** What was sent last is still on its way when the last answer comes. */
const LINGER_MS = 100;

/** What a lying client did and what came of it. Plain JSON data. */
export interface ClientLies extends ClientTally {
  readonly client: number;
  readonly behaviour: string;
  /** Why replicas refused or dropped what came on its connections, and how often, all replicas together. */
  readonly reasons: Readonly<Record<string, number>>;
}

/**
 * Has a lying client send `count` requests to all replicas and waits for what they answer.
 * @throws ClusterError `no-free-client`
 */
export async function tellClientLies(cluster: Cluster, behaviour: string, count: number): Promise<ClientLies> {
  const tallying = new ClientTallying(rulesForClients(cluster.config).answers);
  const before = await lookAt(cluster);
  const client = await ClusterClient.open(cluster.dir, {
    behaviour,
    disguise: (context) => {
      const lie = createClientBehaviour(behaviour, { ...context, random: new Random(randomInt(2 ** 32)) });
      return (input, honest) => {
        const told = lie(input, honest);
        tallying.observe(input, honest, told);
        return told;
      };
    },
  });
  try {
    for (let from = 0; from < count; from += TOGETHER) {
      const numbers = Array.from({ length: Math.min(TOGETHER, count - from) }, (_, index) => from + index);
      const all = numbers.map((number) => answered(client, operationFor(cluster.config.service, client.id, number)));
      // The client waits for what it would have asked honestly; what it did ask may be answered long before.
      await Promise.race([Promise.all(all), tallying.allAnswered()]);
    }
    await setTimeout(LINGER_MS);
    const after = await lookAt(cluster);
    return { client: client.id, behaviour, ...tallying.tally, reasons: newReasons(before, after, `client ${client.id}`) };
  } finally {
    await client.close();
  }
}

/** Resolves when it is answered, or will not be soon. */
async function answered(client: ClusterClient, operation: string): Promise<void> {
  try {
    await client.submit([operation], { timeoutMs: ANSWER_TIMEOUT_MS });
  } catch (error) {
    // Nobody owes a liar an answer; and when too many are owed, its next requests are not sent at all.
    if (!(error instanceof ClusterError && (error.code === "no-quorum" || error.code === "refused"))) throw error;
  }
}

/** An operation that disturbs nobody: the key-value store gets keys of its own, another service refuses the word. */
function operationFor(service: string, client: number, number: number): string {
  return service === "kv" ? `set liar-${client}-${number} ${number}` : `liar ${client} ${number}`;
}

/** How often more than before, by reason. */
function newReasons(before: ClusterModel, after: ClusterModel, peer: string): Readonly<Record<string, number>> {
  const reasons = new Map<string, number>();
  for (const { id, status } of after.replicas) {
    const known = against(before.replicas[id]?.status ?? null, peer);
    for (const [reason, count] of Object.entries(against(status, peer))) {
      const more = count - (known[reason] ?? 0);
      if (more > 0) reasons.set(reason, (reasons.get(reason) ?? 0) + more);
    }
  }
  return Object.fromEntries([...reasons].sort(([, a], [, b]) => b - a));
}

function against(status: ReplicaStatus | null, peer: string): Readonly<Record<string, number>> {
  return status?.againstPeers[peer] ?? {};
}
