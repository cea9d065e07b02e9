import { listed, replicasNamed } from "../../view/text.js";
import type { Observation } from "../../watch/model.js";
import { type Absence, absenceSentences, outOf } from "./absence.js";
import type { Point } from "./explanation.js";
import { type Judgement, judged } from "./judgement.js";
import { executedTo, isCut, type Situation, slotOf } from "./situation.js";
import { executors } from "./standing.js";

/** The subject's number was executed somewhere, by what the replicas say now; null when nobody says so. */
export function judgeExecuted(s: Situation, title: string, seq: number): Judgement | null {
  const { has, hasNot, liars } = executors(s, seq);
  if (has.length === 0) return null;
  const split = divergenceAt(has, seq);
  if (split !== null) return diverged(s, title, split);
  if (hasNot.length > 0) return behind(s, title, seq, has, hasNot);
  const { sections, words, trace } = s;
  const view = viewOf(s, has, seq);
  const who =
    liars.length === 0 ? `all ${s.replicas.length} replicas` : `all correct replicas (${listed(has.map(({ id }) => id))})`;
  const lie =
    liars.length === 0
      ? ""
      : `; ${absenceSentences(liars.map((each) => ({ id: each.id, absence: outOf(each) ?? LIES }))).join(", ")}`;
  const everywhere = `was executed by ${who}${view === null ? "" : ` in ${words.view} ${view}`}${lie}`;
  const stable = Math.min(...has.map(({ status }) => status?.machine.lowWaterMark ?? 0));
  if (seq > stable || has.some((replica) => slotOf(replica, seq) !== null))
    return judged("executed", title, everywhere, sections.execution);
  const settled = `it lies at or below ${words.checkpoint} ${stable}, so its messages were thrown away`;
  const left = trace.executed.length > 0 ? "the traces still tell of it" : "no trace reaches back to it";
  return judged("collected", title, `${everywhere}; ${settled}, and ${left}`, sections.checkpoint);
}

const LIES: Absence = { one: "lies", many: "lie" };

/** Who says nothing now, and had executed it by its trace. */
export function hadExecuted({ trace, replicas }: Situation): readonly number[] {
  return trace.executed
    .map(({ replica }) => replica)
    .filter((id) => replicas[id]?.answers === false)
    .sort((a, b) => a - b);
}

/** Nobody who answers has executed it or tells of it, but somebody who is down had. */
export function judgeTold(s: Situation, title: string): Judgement | null {
  const { sections, heard } = s;
  const before = hadExecuted(s);
  if (before.length === 0) return null;
  const who = replicasNamed(before);
  const now = heard.length === 0 ? "no replica answers now" : "and none of those that answer now has";
  return judged("behind", title, `was executed by ${who}, as the traces tell; ${now}`, sections.execution);
}

function viewOf({ trace }: Situation, has: readonly Observation[], seq: number): number | null {
  const slots = has.flatMap((replica) => slotOf(replica, seq) ?? []);
  return trace.executed[0]?.view ?? slots[0]?.view ?? null;
}

function behind(
  s: Situation,
  title: string,
  seq: number,
  has: readonly Observation[],
  hasNot: readonly Observation[],
): Judgement {
  const { facts, sections } = s;
  const lagging = hasNot.map((replica) => ({ id: replica.id, absence: whyBehind(s, replica, has, seq) }));
  const done = `was executed by ${replicasNamed(has.map(({ id }) => id))}`;
  const text = `${done}; ${absenceSentences(lagging).join(", ")}`;
  const enough = has.length >= facts.answers;
  const causes: Point[] = enough
    ? [
        {
          text: `nothing can undo it: whoever comes back or catches up executes the same under ${s.words.seq} ${seq}`,
          section: sections.execution,
        },
      ]
    : [
        {
          text: `it is ${s.slotWords.decided}, so the others will execute the same; a client needs ${facts.answers} equal answers`,
          section: sections.client,
        },
      ];
  return judged("behind", title, text, sections.execution, causes);
}

/** Why a replica has not executed what others have. */
function whyBehind(s: Situation, replica: Observation, has: readonly Observation[], seq: number): Absence {
  const out = outOf(replica);
  if (out !== null) return out;
  const machine = replica.status?.machine;
  if (machine === undefined) return { one: "is starting", many: "are starting" };
  const upTo = (rest: (be: "is" | "are") => string): Absence => ({
    one: `has executed ${machine.lastExecuted}${rest("is")}`,
    many: `have executed ${machine.lastExecuted}${rest("are")}`,
  });
  if (machine.transfer !== null) {
    const { seq: at, fetched, missing } = machine.transfer;
    return upTo((be) => ` and ${be} fetching the state at ${at} (${fetched} pieces here, ${missing} missing)`);
  }
  const from = has.filter((other) => isCut(other, replica)).map(({ id }) => id);
  if (from.length === has.length) return upTo(() => `, as nothing of ${replicasNamed(from)} comes through`);
  if (machine.viewChange !== null) return upTo((be) => ` and ${be} on the way to ${s.words.view} ${machine.viewChange?.view}`);
  if (s.facts.protocol !== "pbft" && slotOf(replica, seq)?.prePrepared)
    return { one: "has it and will hear that it is decided", many: "have it and will hear that it is decided" };
  return upTo((be) => ` and ${be} catching up`);
}

/** Two that executed different things under one number. */
function divergenceAt(has: readonly Observation[], seq: number): readonly { id: number; digest: string }[] | null {
  const executed = has.flatMap((replica) => {
    const slot = slotOf(replica, seq);
    return slot?.executed && slot.digest !== null && executedTo(replica) >= seq ? [{ id: replica.id, digest: slot.digest }] : [];
  });
  const [first] = executed;
  const other = executed.find(({ digest }) => digest !== first?.digest);
  return first === undefined || other === undefined ? null : [first, other];
}

function diverged({ facts, sections }: Situation, title: string, split: readonly { id: number; digest: string }[]): Judgement {
  const what = split.map(({ id, digest }) => `replica ${id} executed ${digest.slice(0, 8)}`).join(", ");
  const why =
    facts.protocol === "pbft"
      ? `with more than f = ${facts.faults} liars safety is lost`
      : "one liar is enough where replicas believe one another";
  return judged("diverged", title, `was executed differently: ${what}`, sections.lies, [{ text: why, section: sections.lies }]);
}
