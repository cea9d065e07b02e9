import { type Effect, type Input, type MessageBase, type ReplicaId, replicaId } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { happeningText } from "@bft/sim";
import type { NotDone } from "../services/replay.js";
import { timeSpan } from "./numbers.js";
import { counted, printable } from "./text.js";

/** Whose inputs and effects they are, which says how to read them. */
export interface Teller {
  readonly protocol: string;
  readonly replica: number;
  readonly replicas: number;
}

/** `takes prepare view 0 seq 12 of replica 2`. */
export function inputText(input: Input<MessageBase>, { protocol, replica, replicas }: Teller): string {
  const happening = protocolNamed(protocol).telling.ofInput(input, replicaId(replica), replicas);
  return happening === null ? "starts" : happeningText(happening);
}

/** `to 1 2 3: prepare 12 in view 0: 0123abcd`. */
export function effectText(effect: Effect<MessageBase>, { protocol, replica, replicas }: Teller): string {
  switch (effect.kind) {
    case "persist":
      return `writes down ${counted(effect.record.length, "byte")}`;
    case "start-timer":
      return `starts the timer ${effect.timer}: ${timeSpan(effect.delayMs)}`;
    case "cancel-timer":
      return `stops the timer ${effect.timer}`;
    default: {
      const self: ReplicaId = replicaId(replica);
      const happening = protocolNamed(protocol).telling.ofEffect(effect, self, replicas);
      return happening === null ? effect.kind : happeningText(happening);
    }
  }
}

/** `persist, broadcast x 2, start-timer`, in order. */
export function kindsText(kinds: readonly string[]): string {
  const runs: { readonly kind: string; readonly count: number }[] = [];
  for (const kind of kinds) {
    const last = runs.at(-1);
    if (last?.kind === kind) runs[runs.length - 1] = { kind, count: last.count + 1 };
    else runs.push({ kind, count: 1 });
  }
  return runs.length === 0 ? "nothing" : runs.map(({ kind, count }) => (count === 1 ? kind : `${kind} x ${count}`)).join(", ");
}

/**
 * Why a life, or the rest of it, can not be done again, and what to do about it.
 * @param restart the command that begins another one
 */
export function notDoneText({ kind, detail }: NotDone, inputsGone: number, restart: string): string {
  const more = detail === null ? "" : ` (${printable(detail)})`;
  switch (kind) {
    case "beginning-gone":
      return `its first ${counted(inputsGone, "input")} and the state that it began with are gone, as a recording is bounded; a life can only be done again from its beginning. A new one begins with: ${restart}`;
    case "base-too-large":
      return "the state that it began with would take more than half of the recording's room, so it was not written down";
    case "unknown-protocol":
      return "this bft does not know its protocol";
    case "damaged":
      return `its recording is damaged${more}`;
    case "diverged":
      return "after what differs, the machine is another one";
  }
}
