import {
  Client,
  type ClientConfig,
  type ClientEffect,
  type ClientId,
  clientPrincipal,
  type OperationResult,
  type SeqNum,
  type Timestamp,
  type View,
} from "@bft/core";
import type { Reply } from "@bft/core/pbft";
import { byReplica } from "./forge.js";
import { portsOf } from "./keys.js";

const SELF = 0 as ClientId;

export function clientWith(config: Partial<ClientConfig> = {}, linksUp: readonly number[] = [0, 1, 2, 3]): Client {
  const full: ClientConfig = {
    self: SELF,
    replicas: 4,
    answers: 2,
    liars: 1,
    asks: "primary-of-view",
    window: 4,
    retryMs: 100,
    firstTimestamp: 1 as Timestamp,
    reads: "ordered",
    ...config,
  };
  const client = new Client(full, portsOf(clientPrincipal(SELF)));
  for (const replica of linksUp) client.step({ kind: "link", replica: replica as never, up: true, hint: null });
  return client;
}

export const submit = (client: Client, ...operations: string[]) => client.step({ kind: "submit", operations });
export const OK: readonly OperationResult[] = [{ ok: true, value: "ok" }];

export function replyOf(from: number, timestamp: number, fields: Partial<Omit<Reply, "kind">> = {}) {
  const reply: Reply = {
    kind: "reply",
    view: 0 as View,
    client: SELF,
    timestamp: timestamp as Timestamp,
    seq: 1 as SeqNum,
    ordered: true,
    results: OK,
    ...fields,
  };
  return { kind: "message" as const, signed: byReplica(from, reply) };
}

export const targets = (effects: readonly ClientEffect[]) =>
  effects.flatMap((effect) => (effect.kind === "send" ? [effect.to as number] : []));
export const accepted = (effects: readonly ClientEffect[]) =>
  effects.flatMap((effect) => (effect.kind === "accepted" ? [effect.outcome] : []));
