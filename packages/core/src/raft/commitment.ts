import { reply } from "../crash/requests.js";
import { invariant } from "../invariant.js";
import type { ExecutedRequest } from "../machine.js";
import { executeRequests } from "../replication/execution.js";
import type { LogEntry } from "./log.js";
import { committedRecord } from "./records.js";
import { takeSnapshot } from "./snapshot.js";
import type { RaftState } from "./state.js";

/**
 * §5.3, §5.4.2: an entry of the leader's own term is committed once a majority has it, and with it all before it. Entries of earlier
 * terms are never committed by counting (figure 8).
 */
export function advanceCommit(r: RaftState): void {
  if (r.role.kind !== "leader") return;
  const followers = [...r.role.followers.values()].filter(({ counts }) => counts);
  const matches = [r.log.lastIndex, ...followers.map(({ matchIndex }) => matchIndex)].sort((a, b) => b - a);
  const index = matches[r.system.quorum - 1];
  if (index !== undefined && index > r.commitIndex && r.log.termAt(index) === r.term) r.commitIndex = index;
}

/** Applies what is committed, in order (figure 2, rules for all servers). True when something was. */
export function execute(r: RaftState): boolean {
  if (r.lastExecuted >= r.commitIndex) return false;
  // Before the replies leave: what was executed stays executed.
  r.persist(committedRecord(r.commitIndex));
  while (r.lastExecuted < r.commitIndex) {
    const entry = r.log.entry(r.lastExecuted + 1);
    invariant(entry !== null, "what is committed and not executed is in the log");
    const requests = executeEntry(r, entry);
    r.emit({ kind: "executed", seq: entry.index, view: entry.term, digest: entry.value.digest, requests });
    if (r.isLeader)
      for (const { client, timestamp, results } of requests)
        reply(r, r.term, { client }, { timestamp, seq: entry.index, results });
    takeSnapshot(r);
  }
  return true;
}

/** The change of state alone: also how recovery executes again. */
export function executeEntry(r: RaftState, { index, value }: Pick<LogEntry, "index" | "value">): readonly ExecutedRequest[] {
  const requests = executeRequests(r, index, value.commands);
  r.lastExecuted = index;
  return requests;
}
