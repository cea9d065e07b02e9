import type { Digest, Effect, MessageBase, ReplicaId, Signed, SignedOf } from "@bft/core";
import type { Behaviour } from "../../protocols/protocol.js";
import type { LiarContext } from "../context.js";
import { Remembered } from "../remembered.js";
import type { Voice } from "../voice.js";

/** How far a mutated field may go: next to the truth, or anywhere. */
export type Scope = "small" | "any";

/** Share of the rounds in which it lies: few, so that the protocol gets anywhere and into states worth attacking. */
const FAULTY_ROUNDS = 0.2;
const DIGESTS_MAX = 64;
const ROUNDS_MAX = 256;

/**
 * ByzzFuzz (Winter et al., OOPSLA '23): the run is seen as rounds, one for each kind of message, view and sequence number; in a few
 * of them what this replica says to some of the others is mutated in one field. `small`: a number is one more or less, a
 * digest is another one that is about; `any`: whatever fits the field.
 */
export function fuzz<M extends MessageBase>(voice: Voice<M>, scope: Scope): Behaviour<M> {
  const rounds = new Remembered<string, readonly ReplicaId[]>(ROUNDS_MAX);
  const digests = new Remembered<Digest, Digest>(DIGESTS_MAX);
  return (input, honest) => {
    if (input.kind === "message")
      for (const digest of digestsIn((input.signed as Signed<M>).message)) digests.set(digest, digest);
    return honest.flatMap((effect) => {
      const truth = voice.said(effect);
      if (truth === null) return [effect];
      const to = voice.receivers(effect);
      const deceived = deceivedIn(roundOf(truth.message), rounds, voice.context).filter((each) => to.includes(each));
      if (deceived.length === 0) return [effect];
      return tell(voice, truth, to, deceived, scope, digests);
    });
  };
}

/** Whom it lies to in a round: drawn when the round begins, the same to its end. */
function deceivedIn(
  round: string,
  rounds: Remembered<string, readonly ReplicaId[]>,
  { random, config }: LiarContext,
): readonly ReplicaId[] {
  let deceived = rounds.get(round);
  if (deceived === undefined) {
    const all = Array.from({ length: config.replicas }, (_, id) => id as ReplicaId);
    deceived = random.chance(FAULTY_ROUNDS) ? all.filter(() => random.chance(0.5)) : [];
    rounds.set(round, deceived);
  }
  return deceived;
}

/** Whatever a protocol calls its views and its sequence numbers. */
function roundOf(message: MessageBase): string {
  const fields = new Map(Object.entries(message));
  const first = (...names: readonly string[]) => names.map((name) => fields.get(name)).find((value) => value !== undefined) ?? "";
  return `${message.kind}/${first("view", "newView", "ballot", "term")}/${first("seq", "prevLogIndex", "index")}`;
}

function tell<M extends MessageBase>(
  voice: Voice<M>,
  truth: Signed<M>,
  to: readonly ReplicaId[],
  deceived: readonly ReplicaId[],
  scope: Scope,
  digests: Remembered<Digest, Digest>,
): readonly Effect<M>[] {
  const lie = voice.sign(mutated(truth.message, scope, digests.values(), voice.context), truth.attachment);
  return to.map((each) => voice.pass(each, (deceived.includes(each) ? lie : truth) as SignedOf<M>));
}

/** The message with one field changed. */
function mutated<M extends MessageBase>(message: M, scope: Scope, known: readonly Digest[], { random }: LiarContext): M {
  const fields = Object.entries(message).filter(
    ([name, value]) => typeof value === "number" || (typeof value === "string" && name.toLowerCase().endsWith("digest")),
  );
  const lists = Object.entries(message).filter(([, value]) => Array.isArray(value) && value.length > 0);
  // Of a message that is all lists (a view-change, a new-view), an element may be missing or stand twice.
  if (lists.length > 0 && (fields.length === 0 || random.chance(0.5))) {
    const [name, value] = random.pick(lists) as [string, readonly unknown[]];
    const index = random.below(value.length);
    const rest = value.filter((_, i) => i !== index);
    return { ...message, [name]: random.chance(0.7) ? rest : [...value, value[index]] };
  }
  if (fields.length === 0) return message;
  const [name, value] = random.pick(fields) as [string, unknown];
  const other =
    typeof value === "number" ? otherNumber(value, scope, random) : otherDigest(value as Digest, scope, known, random);
  return { ...message, [name]: other };
}

function otherNumber(value: number, scope: Scope, random: LiarContext["random"]): number {
  if (scope === "small") return Math.max(0, value + random.pick([-1, 1]));
  return random.pick([0, random.below(100), random.below(2 ** 31), Number.MAX_SAFE_INTEGER]);
}

function otherDigest(value: Digest, scope: Scope, known: readonly Digest[], random: LiarContext["random"]): Digest {
  const others = known.filter((each) => each !== value);
  if (scope === "small" && others.length > 0) return random.pick(others);
  return Array.from({ length: 64 }, () => "0123456789abcdef"[random.below(16)]).join("") as Digest;
}

function digestsIn(message: MessageBase): readonly Digest[] {
  const fields = new Map<string, unknown>(Object.entries(message));
  return [fields.get("digest"), fields.get("stateDigest")].filter((each) => typeof each === "string") as Digest[];
}
