import type { Digest, ReplicaId } from "@bft/core";
import type { PbftMessage, PbftSigned } from "@bft/core/pbft";
import { type LiarContext, ownSigned, type PbftBehaviour, type PbftEffect, receivers, send, signAs } from "../liar.js";
import { Remembered } from "../remembered.js";

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
export function fuzz(context: LiarContext, scope: Scope): PbftBehaviour {
  const rounds = new Remembered<string, readonly ReplicaId[]>(ROUNDS_MAX);
  const digests = new Remembered<Digest, Digest>(DIGESTS_MAX);
  return (input, honest) => {
    if (input.kind === "message") for (const digest of digestsIn(input.signed.message)) digests.set(digest, digest);
    return honest.flatMap((effect) => {
      const truth = effect.kind === "reply" ? null : ownSigned(context, effect);
      if (truth === null) return [effect];
      const to = receivers(context, effect);
      const deceived = deceivedIn(roundOf(truth.message), rounds, context).filter((each) => to.includes(each));
      if (deceived.length === 0) return [effect];
      return tell(context, truth, to, deceived, scope, digests);
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

function roundOf(message: PbftMessage): string {
  const { kind } = message;
  const view = "view" in message ? message.view : "newView" in message ? message.newView : "";
  return `${kind}/${view}/${"seq" in message ? message.seq : ""}`;
}

function tell(
  context: LiarContext,
  truth: PbftSigned,
  to: readonly ReplicaId[],
  deceived: readonly ReplicaId[],
  scope: Scope,
  digests: Remembered<Digest, Digest>,
): readonly PbftEffect[] {
  const lie = signAs(context, mutated(truth.message, scope, digests.values(), context), truth.attachment);
  return to.map((each) => send(each, deceived.includes(each) ? lie : truth));
}

/** The message with one field changed. */
function mutated(message: PbftMessage, scope: Scope, known: readonly Digest[], { random }: LiarContext): PbftMessage {
  const fields = Object.entries(message).filter(
    ([name, value]) => typeof value === "number" || name.toLowerCase().endsWith("digest"),
  );
  const lists = Object.entries(message).filter(([, value]) => Array.isArray(value) && value.length > 0);
  // Of a message that is all lists (a view-change, a new-view), an element may be missing or stand twice.
  if (lists.length > 0 && (fields.length === 0 || random.chance(0.5))) {
    const [name, value] = random.pick(lists) as [string, readonly unknown[]];
    const index = random.below(value.length);
    const rest = value.filter((_, i) => i !== index);
    return { ...message, [name]: random.chance(0.7) ? rest : [...value, value[index]] } as PbftMessage;
  }
  if (fields.length === 0) return message;
  const [name, value] = random.pick(fields);
  const other =
    typeof value === "number" ? otherNumber(value, scope, random) : otherDigest(value as Digest, scope, known, random);
  return { ...message, [name]: other } as PbftMessage;
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

function digestsIn(message: PbftMessage): readonly Digest[] {
  if ("digest" in message) return [message.digest];
  return "stateDigest" in message ? [message.stateDigest] : [];
}
