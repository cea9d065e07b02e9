import type { ProtocolName } from "@bft/core";
import type { Observation } from "../../watch/model.js";
import { type Absence, absenceSentences, absencesText, namedIds, outOf } from "./absence.js";
import type { ExplainKind, Point } from "./explanation.js";
import type { Situation } from "./situation.js";

/** Why nothing at all is ordered now, whatever is asked about. */
export interface Blocker extends Point {
  readonly kind: Extract<ExplainKind, "too-few" | "cut-off" | "view-change">;
}

/** The first that holds: too few take part, those who do are not in touch, or nobody leads yet. */
export function blockerOf(s: Situation): Blocker | null {
  return tooFew(s) ?? cutOff(s) ?? viewChange(s);
}

function tooFew(s: Situation): Blocker | null {
  const { voters, facts, replicas, sections } = s;
  if (voters.length >= facts.quorum) return null;
  const out = absent(s).map(({ replica, absence }) => ({ id: replica.id, absence }));
  const why = out.length === 0 ? "" : `: ${absenceSentences(out).join(", ")}`;
  const text = `${voters.length} of ${replicas.length} replicas take part and a quorum of ${facts.quorum} is needed${why}`;
  return { kind: "too-few", text, section: sections.model };
}

function cutOff({ core, facts, sections }: Situation): Blocker | null {
  if (core.length > 0) return null;
  const text = `links are cut, so that no ${facts.quorum} replicas reach one another`;
  return { kind: "cut-off", text, section: sections.model };
}

/** Who takes no part in voting, and why. */
function absent({ replicas }: Situation): readonly { readonly replica: Observation; readonly absence: Absence }[] {
  return replicas.flatMap((replica) => {
    const lostVotes = replica.status?.machine.abstaining === null ? null : { one: "abstains", many: "abstain" };
    const absence = outOf(replica) ?? lostVotes;
    return absence === null ? [] : [{ replica, absence }];
  });
}

/** So many are between two views that those in one are no quorum. */
function viewChange(s: Situation): Blocker | null {
  const { core, facts, words, sections } = s;
  const changing = core.filter(({ status }) => status?.machine.viewChange);
  if (core.length - changing.length >= facts.quorum) return null;
  const target = Math.max(...changing.map(({ status }) => status?.machine.viewChange?.view ?? 0));
  const { asking, leader } = facts.protocol === "pbft" ? askers(s, target) : candidacy(s, target);
  const change = CHANGES[facts.protocol](leader);
  const title = `the ${change.title} ${words.view} ${target} is under way`;
  const blocked = (text: string): Blocker => ({ kind: "view-change", text: `${title}: ${text}`, section: sections.viewChange });
  const who = asking.length === 0 ? `nobody ${change.has.one}` : namedIds(asking, change.has);
  if (asking.length < facts.quorum) {
    const others = s.replicas.filter(({ id }) => !asking.includes(id));
    const missing = absencesText(others.map((each) => ({ id: each.id, absence: outOf(each) ?? change.notYet })));
    return blocked(`${who}, ${facts.quorum} are needed${missing === "" ? "" : `; ${missing}`}`);
  }
  const out = s.replicas[leader] === undefined ? null : outOf(s.replicas[leader]);
  return blocked(
    `${who}; the ${change.announcement} of replica ${leader}${out === null ? "" : `, which ${out.one},`} has not come`,
  );
}

interface Change {
  readonly asking: readonly number[];
  /** Who would lead. */
  readonly leader: number;
}

/** Everybody who is known to want that view or a later one: who has moved on has left the old view too (§4.4). */
function askers({ heard, facts }: Situation, target: number): Change {
  const wanting = heard.flatMap(({ status }) => {
    if (status === null) return [];
    const { viewChange: own, wants } = status.machine;
    return [
      ...(own?.view === target ? own.votes : []),
      ...wants.filter(({ view }) => view >= target).map(({ replica }) => replica),
    ];
  });
  return { asking: [...new Set(wanting)].sort((a, b) => a - b), leader: target % facts.replicas };
}

/** The candidate that is closest to leading. */
function candidacy({ heard }: Situation, target: number): Change {
  const candidates = heard.flatMap(({ id, status }) => {
    const own = status?.machine.viewChange ?? null;
    return own?.view === target ? [{ leader: id, asking: [...own.votes].sort((a, b) => a - b) }] : [];
  });
  const none: Change = { asking: [], leader: -1 };
  return candidates.reduce(
    (best: Change, each) => (best.leader < 0 || each.asking.length > best.asking.length ? each : best),
    none,
  );
}

interface ChangeWords {
  /** Before the view, ballot or term. */
  readonly title: string;
  readonly has: Absence;
  readonly notYet: Absence;
  readonly announcement: string;
}

/** How another one comes to lead, in each protocol's words; given who it would be. */
const CHANGES: Readonly<Record<ProtocolName, (leader: number) => ChangeWords>> = {
  pbft: () => ({
    title: "view change to",
    has: { one: "asks for it", many: "ask for it" },
    notYet: { one: "has not asked", many: "have not asked" },
    announcement: "new-view",
  }),
  multipaxos: () => ({
    title: "phase 1 of",
    has: { one: "has promised", many: "have promised" },
    notYet: { one: "has not promised", many: "have not promised" },
    announcement: "first accept request",
  }),
  raft: (leader) => ({
    title: "election of",
    has: { one: `votes for replica ${leader}`, many: `vote for replica ${leader}` },
    notYet: { one: "does not", many: "do not" },
    announcement: "first word",
  }),
};
