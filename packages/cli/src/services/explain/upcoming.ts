import type { ProtocolName } from "@bft/core";
import { timeSpan } from "../../view/numbers.js";
import { replicasNamed } from "../../view/text.js";
import type { Observation } from "../../watch/model.js";
import type { Upcoming } from "./explanation.js";
import { executedTo, type Situation } from "./situation.js";
import { requestText } from "./subject.js";

/** A timer that runs at a replica. */
interface Running {
  readonly replica: Observation;
  readonly dueInMs: number;
}

/** What a timer makes its replica do. */
interface Meaning {
  /** Timers that mean the same here are told together. */
  readonly key: string;
  /** @param who the replica, or the replicas */
  readonly text: (who: string, many: boolean) => string;
  readonly section: string;
}

/** What is waited for. */
export interface Awaited {
  /** The number, when others have executed it already and only catching up is left. */
  readonly executed: number | null;
  /** Messages are on their way, or were lost: they are sent again. */
  readonly messages: boolean;
}

/** What the timers will do, the soonest first, and then what follows from that. */
export function upcoming(s: Situation, awaited: Awaited): readonly Upcoming[] {
  const groups = new Map<string, { readonly meaning: Meaning; readonly running: Running[] }>();
  for (const replica of s.heard) {
    for (const { timer, dueInMs } of replica.status?.timers ?? []) {
      const meaning = meaningOf(s, replica, timer, awaited);
      if (meaning === null) continue;
      const group = groups.get(meaning.key) ?? { meaning, running: [] };
      group.running.push({ replica, dueInMs });
      groups.set(meaning.key, group);
    }
  }
  const timed = [...groups.values()].map(told).sort((a, b) => (a.inMs ?? 0) - (b.inMs ?? 0));
  const after = awaited.executed === null ? afterwards(s) : [];
  if (timed.length + after.length > 0 || awaited.executed !== null) return [...timed, ...after];
  return [
    { replicas: [], inMs: null, text: "nothing by itself: no timer runs that would change it", section: s.sections.patience },
  ];
}

function told({ meaning, running }: { readonly meaning: Meaning; readonly running: readonly Running[] }): Upcoming {
  const inOrder = [...running].sort((a, b) => a.dueInMs - b.dueInMs);
  const [first, last] = [inOrder[0]?.dueInMs ?? 0, inOrder.at(-1)?.dueInMs ?? 0];
  const named = replicasNamed(inOrder.map(({ replica }) => replica.id).sort((a, b) => a - b));
  const until = last - first >= 100 ? `, the last in ${timeSpan(last)}` : "";
  const text = meaning.text(`${named}${until === "" ? "" : ` (${until.slice(2)})`}`, inOrder.length > 1);
  return { replicas: inOrder.map(({ replica }) => replica.id), inMs: first, text, section: meaning.section };
}

function meaningOf(s: Situation, replica: Observation, timer: string, { executed, messages }: Awaited): Meaning | null {
  const last = executedTo(replica);
  const behind = executed === null ? last < Math.max(...s.heard.map(executedTo)) : last < executed;
  if (timer === CATCH_UP[s.facts.protocol] && (behind || (messages && s.facts.protocol === "pbft"))) return saysWhereItStands(s);
  if (timer === TELLS[s.facts.protocol] && replica.status?.machine.isPrimary && (messages || executed !== null))
    return leaderTells(s);
  if (executed !== null) return null;
  if (timer === "view-change") return patience(s, replica);
  if (timer === "silence") return silence(s);
  return timer === "election" ? election(s, replica) : null;
}

/** By which timer a replica says where it stands, or asks for what it lacks. In Raft the leader finds out by itself. */
const CATCH_UP: Readonly<Record<ProtocolName, string>> = { pbft: "status", multipaxos: "tick", raft: "" };
/** By which timer a leader tells again what the others may have missed. */
const TELLS: Readonly<Record<ProtocolName, string>> = { pbft: "", multipaxos: "tick", raft: "heartbeat" };

/** §4.4: what a view-change timer runs for. */
function patience({ sections, facts }: Situation, { status }: Observation): Meaning | null {
  if (status === null) return null;
  const { view, viewChange, transfer, waiting } = status.machine;
  const timers = (who: string, many: boolean) =>
    `the view-change ${many ? "timers" : "timer"} of ${who} ${many ? "fire" : "fires"}`;
  const make = (text: (who: string, many: boolean) => string): Meaning => ({
    key: text("", true),
    text,
    section: sections.patience,
  });
  const ask = (many: boolean) =>
    `${many ? "they ask" : "it asks"} for view ${view + 1}, of primary ${(view + 1) % facts.replicas}`;
  if (viewChange !== null)
    return make(
      (who, many) => `${timers(who, many)}; without a new-view of replica ${view % facts.replicas} by then ${ask(many)}`,
    );
  if (transfer !== null)
    return make((who, many) => `${timers(who, many)} and ${many ? "start" : "starts"} anew, because the replica is behind`);
  const [oldest] = waiting;
  const what = oldest === undefined ? "what is waited for" : `request ${requestText(oldest)}`;
  return make((who, many) => `${timers(who, many)}; if ${what} is not executed by then, ${ask(many)}`);
}

function silence({ sections }: Situation): Meaning {
  const text = (who: string, many: boolean) =>
    `${who} ${many ? "begin" : "begins"} phase 1 of a higher ballot, unless a leader is heard by then`;
  return { key: "silence", text, section: sections.patience };
}

function election({ sections }: Situation, { status }: Observation): Meaning {
  const term = (status?.machine.view ?? 0) + 1;
  const text = (who: string, many: boolean) =>
    `${who} ${many ? "stand" : "stands"} for election in term ${term}, unless a leader is heard by then`;
  return { key: `election ${term}`, text, section: sections.patience };
}

function saysWhereItStands({ sections }: Situation): Meaning {
  const text = (who: string, many: boolean) =>
    `${who} ${many ? "say" : "says"} where ${many ? "they stand" : "it stands"}, and the others send what is missing`;
  return { key: "says", text, section: sections.retransmission };
}

function leaderTells({ sections, slotWords }: Situation): Meaning {
  const text = (who: string) =>
    `leader ${who.replace(/^replica /, "")} tells the others what is ${slotWords.decided}, and sends again what they lack`;
  return { key: "tells", text, section: sections.retransmission };
}

/** What follows when enough timers have fired. */
function afterwards(s: Situation): readonly Upcoming[] {
  const { facts, sections, heard, core } = s;
  if (facts.protocol !== "pbft" || !heard.some(mayAsk)) return [];
  const view = Math.max(...heard.map(({ status }) => status?.machine.view ?? 0)) + 1;
  const text =
    core.length < facts.quorum
      ? `view ${view} begins only when ${facts.quorum} replicas that reach one another have asked for it`
      : `once ${facts.weakQuorum} have asked, all others join; with ${facts.quorum}, replica ${view % facts.replicas} announces view ${view} and orders what waits`;
  return [{ replicas: [], inMs: null, text, section: sections.viewChange }];
}

/** Its patience may end while it is in a view. */
function mayAsk({ status }: Observation): boolean {
  if (status === null || status.machine.viewChange !== null || status.machine.transfer !== null) return false;
  return status.timers.some(({ timer }) => timer === "view-change");
}
