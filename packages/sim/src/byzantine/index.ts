import type { MessageBase, ProtocolName } from "@bft/core";
import type { Behaviour } from "../protocols/protocol.js";
import type { BehaviourInfo, Lie } from "./catalogue.js";
import { CHECKPOINT } from "./checkpoint/index.js";
import { liesIn } from "./crash/index.js";
import { PAXOS_TONGUE } from "./crash/multipaxos.js";
import { RAFT_TONGUE } from "./crash/raft.js";
import type { LiarContext, PbftBehaviour } from "./liar.js";
import { PBFT_LIES } from "./pbft.js";
import { PRIMARY } from "./primary/index.js";
import { VIEW_CHANGE } from "./view-change/index.js";

export { Random } from "../random.js";
export type { BehaviourInfo } from "./catalogue.js";
export { CLIENT_BEHAVIOURS, createClientBehaviour } from "./clients/index.js";
export type { LiarContext, PbftBehaviour } from "./liar.js";

const PAXOS_LIES = liesIn(PAXOS_TONGUE);
const RAFT_LIES = liesIn(RAFT_TONGUE);

/** The lies of each protocol's replicas, the default first. Who asks by name does not look into the messages. */
const LIES: Readonly<Record<ProtocolName, readonly Lie<MessageBase>[]>> = {
  pbft: PBFT_LIES as unknown as readonly Lie<MessageBase>[],
  multipaxos: PAXOS_LIES as unknown as readonly Lie<MessageBase>[],
  raft: RAFT_LIES as unknown as readonly Lie<MessageBase>[],
};

/** The catalogue of lies of a protocol's replicas, the default first. */
export function behavioursOf(protocol: ProtocolName): readonly BehaviourInfo[] {
  return LIES[protocol].map(({ create: _, ...info }) => info);
}

/** @throws RangeError with a sentence for a person when the protocol has no behaviour of that name. */
export function createBehaviour(protocol: ProtocolName, name: string, context: LiarContext): Behaviour<MessageBase> {
  return lieNamed(LIES[protocol], name, protocol).create(context);
}

/** The same for who looks into PBFT's messages. */
export function createPbftBehaviour(name: string, context: LiarContext): PbftBehaviour {
  return lieNamed(PBFT_LIES, name, "pbft").create(context);
}

function lieNamed<L extends { readonly name: string }>(lies: readonly L[], name: string, protocol: ProtocolName): L {
  const lie = lies.find((each) => each.name === name);
  if (lie !== undefined) return lie;
  const known = lies.map((each) => each.name).join(", ");
  throw new RangeError(`there is no behaviour "${name.slice(0, 40)}" in ${protocol}; there are: ${known}`);
}

/** What must happen for a lie to be told at all: a view change, a state transfer, or nothing out of the way. */
export type Situation = "view-change" | "state-transfer" | null;

export function situationIn(protocol: ProtocolName, name: string): Situation {
  if (protocol !== "pbft") return IN_ELECTIONS.has(name) ? "view-change" : null;
  if (VIEW_CHANGE.some((each) => each.name === name)) return "view-change";
  return CHECKPOINT.some((each) => each.name === name) ? "state-transfer" : null;
}

/** What is told, or comes to light, when another leader is elected. */
const IN_ELECTIONS: ReadonlySet<string> = new Set(["forget-accepted", "false-ack", "double-vote", "forget-vote", "stale-leader"]);

/** The replica that has most occasion for a lie: the first primary or leader, or the next one; null: any has. */
export function seatIn(protocol: ProtocolName, name: string): 0 | 1 | null {
  if (protocol !== "pbft") return LIES[protocol].some((each) => each.name === name && each.group === "leader") ? 0 : null;
  if (PRIMARY.some((each) => each.name === name)) return 0;
  return VIEW_CHANGE.some((each) => each.name === name) ? 1 : null;
}
