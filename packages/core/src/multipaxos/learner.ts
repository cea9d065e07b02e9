import { reply } from "../crash/requests.js";
import { executeRequests } from "../replication/execution.js";
import type { Instance, Proposal } from "./instances.js";
import { executedRecord, learnedRecord } from "./records.js";
import type { PaxosState } from "./state.js";

/**
 * Executes the next instance when its value is known to be chosen and everything below was executed (§3). One a call, so that a
 * snapshot falls between two. False when there is nothing to execute. The leader answers the clients.
 */
export function executeNext(r: PaxosState): boolean {
  const instance = r.instances.peek(r.nextToExecute);
  if (instance === null || !isChosen(r, instance)) return false;
  const { seq, chosen } = instance;
  r.persist(chosenRecord(r, instance));
  const requests = executeValue(r, chosen);
  if (r.leading !== null)
    for (const { client, timestamp, results } of requests) reply(r, r.leading.ballot, { client }, { timestamp, seq, results });
  r.emit({ kind: "executed", seq, view: chosen.ballot, digest: chosen.value.digest, requests });
  return true;
}

/**
 * §2.3: a learner finds out that a value was chosen from the distinguished learner, which is the leader: what this replica accepted in
 * that very ballot is chosen once its leader says so of the instance. A value accepted in another ballot may not be the one.
 */
function isChosen(r: PaxosState, instance: Instance): instance is Instance & { chosen: Proposal } {
  const { ballot, upTo } = r.chosenUpTo;
  if (instance.chosen === null && instance.accepted?.ballot === ballot && instance.seq <= upTo)
    instance.chosen = instance.accepted;
  return instance.chosen !== null;
}

/** Changes the state: also how recovery executes again what was executed. */
export function executeValue(r: PaxosState, { value }: Proposal) {
  const seq = r.nextToExecute;
  const requests = executeRequests(r, seq, value.commands);
  r.lastExecuted = seq;
  return requests;
}

/** The value itself is written down only where that was not done when it was accepted. */
export function chosenRecord(r: PaxosState, { seq, accepted, chosen }: Instance & { readonly chosen: Proposal }): Uint8Array {
  const kept = !r.abstaining && accepted?.value.digest === chosen.value.digest;
  return kept ? executedRecord(seq, chosen.ballot) : learnedRecord(seq, chosen);
}
