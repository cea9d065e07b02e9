import type { ClientId, SeqNum, Statement, Timestamp } from "@bft/core";
import { type Deposition, EvidenceBook, type Finding, type Rule } from "@bft/core/evidence";
import { type Checker, type EventOf, nothing, type Violation } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { violation } from "./words.js";

/** The tag is the kind of what was signed. */
type Word = Deposition<string>;

const text = new TextEncoder();

/**
 * No correct replica can be convicted: what each signs is held to the very rules by which `bft evidence` convicts. One that lost its disk
 * does not know how it asked for views before or announced them: in that it is judged anew, counts among the f, and may be convicted by
 * it (docs/protocol-map.md). Its votes bind it all the same, as it abstains until none of its former ones matters. When more lie than the
 * cluster is built for, they can have a correct replica fetch a state that is none, and say what follows from it.
 */
export function evidence(knowledge: Knowledge): Checker {
  const { replicas } = knowledge.facts;
  /** How often each lost its disk. */
  const lost = new Map<number, number>();
  const ever = new EvidenceBook<string>(() => true);
  /** View-changes, new-views and commits, where each life of a replica is a signer of its own. */
  const ofThisLife = new EvidenceBook<string>(() => true);

  /** What convicts a replica that should not be. */
  function finding(word: Word): Finding<unknown> | null {
    const found = held(word);
    return found !== null && knowledge.tooManyLie && REST_ON_AGREEMENT.has(found.rule) ? null : found;
  }

  function held(word: Word): Finding<unknown> | null {
    const again = ever.add(word);
    const { kind } = word.statement;
    if (kind !== "view-change" && kind !== "new-view" && kind !== "commit") return again;
    const signer = word.signer + replicas * (lost.get(word.signer) ?? 0);
    const inThisLife = ofThisLife.add({ ...word, signer });
    const hidden = again?.rule === "hidden-certificate";
    // A commit of an earlier life is below what it abstained until; a view-change of one it does not know of.
    return (kind === "commit") === hidden ? inThisLife : again;
  }

  function onSent({ replica, id, statement, at }: EventOf<"sent">): Violation | null {
    if (knowledge.lies(replica)) return null;
    for (const [index, signed] of signedIn(statement).entries()) {
      // Equal payloads have equal names: enough to tell two apart.
      const payload = text.encode(`${id} ${index}`);
      const found = finding({ signer: replica, statement: signed, reply: null, payload, tag: signed.kind });
      if (found !== null) return convicted(replica, found, at);
    }
    return null;
  }

  function onReplied({ replica, id, client, timestamp, seq, ordered, results, at }: EventOf<"replied">): Violation | null {
    // Where a leader is believed, nobody is held to an answer.
    if (knowledge.lies(replica) || !knowledge.toleratesLies) return null;
    const reply = { client: client as ClientId, timestamp: timestamp as Timestamp, seq: seq as SeqNum, ordered, results };
    const statement: Statement = { kind: "other", message: "reply" };
    const found = finding({ signer: replica, statement, reply, payload: text.encode(id), tag: "reply" });
    return found === null ? null : convicted(replica, found, at);
  }

  return {
    name: "evidence",
    interests: ["sent", "replied", "disk-lost"],
    observe(event) {
      if (event.kind === "sent") return onSent(event);
      if (event.kind === "replied") return onReplied(event);
      if (event.kind === "disk-lost") lost.set(event.replica, (lost.get(event.replica) ?? 0) + 1);
      return null;
    },
    finish: nothing,
  };
}

/** A message, and what is signed by itself inside it: the pre-prepares of a new-view (O of §4.4) bind like any others. */
function signedIn(statement: Statement): readonly Statement[] {
  if (statement.kind !== "new-view") return [statement];
  const { view, prePrepares } = statement;
  return [statement, ...prePrepares.map((each): Statement => ({ kind: "pre-prepare", view, ...each }))];
}

/** Rules that hold because the correct replicas agree on the state, and not by a replica's own records alone. */
const REST_ON_AGREEMENT: ReadonlySet<Rule> = new Set(["two-checkpoints", "two-replies"]);

function convicted(replica: number, { rule, view, seq, first, second }: Finding<unknown>, at: number): Violation {
  const place = [...(seq === null ? [] : [`sequence number ${seq}`]), ...(view === null ? [] : [`view ${view}`])].join(", ");
  const what = `replica ${replica}, which is correct, would be convicted by ${rule} at ${place}: its ${first} and its ${second}.`;
  return violation("evidence", at, what, [replica], seq);
}
