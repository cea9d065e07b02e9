import { type Command, type MessageBase, makeValue, type Signed } from "@bft/core";
import type { Behaviour } from "../../protocols/protocol.js";
import { halves, type LiarContext, others } from "../context.js";
import { Remembered } from "../remembered.js";
import { Voice } from "../voice.js";
import type { Tongue } from "./tongue.js";

const VALUES_MAX = 2048;

/** Other commands in the place of a value's; the same ones again: the truth. */
type Replacing = (commands: readonly Command[]) => readonly Command[];

/**
 * A leader that orders other commands than it should, the same ones whenever it sends them: to everybody, or where the leader inside
 * needs somebody who accepts what it proposed itself, to half of the others.
 */
function ordering<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext, replacing: Replacing): Behaviour<M> {
  const voice = new Voice(tongue.protocol.codec, context);
  const deceived = tongue.leaderCompares ? halves(context)[1] : others(context);
  const told = new Remembered<string, readonly Command[]>(VALUES_MAX);
  return voice.telling((signed, to) => {
    let differs = false;
    const lie = tongue.withValues(
      signed as Signed<M>,
      (value, seq) => {
        const name = `${seq}/${value.digest}`;
        const commands = told.get(name) ?? replacing(value.commands);
        told.set(name, commands);
        differs ||= commands !== value.commands;
        return commands === value.commands ? value : makeValue(commands, context.ports);
      },
      context.ports,
    );
    if (lie === null || !differs) return null;
    const [lied, rest] = [true, false].map((those) => to.filter((replica) => deceived.includes(replica) === those));
    return [
      ...(rest ?? []).map((replica) => voice.pass(replica, signed)),
      ...voice.sayTo(lied ?? [], lie.message, lie.attachment),
    ];
  });
}

/**
 * Adds to the last command what its client did not ask for: the operations of the command before it once more. Nobody asks for the
 * client's signature.
 */
export function inventOperation<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext): Behaviour<M> {
  let earlier: readonly string[] | null = null;
  return ordering(tongue, context, (commands) => {
    const last = commands.at(-1);
    if (last === undefined) return commands;
    const added = earlier ?? last.operations;
    earlier = last.operations;
    return [...commands.slice(0, -1), { ...last, operations: [...last.operations, ...added] }];
  });
}

/** Orders the first command that it ever ordered and the last one again, before those whose turn it is. */
export function repeatRequest<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext): Behaviour<M> {
  let first: Command | null = null;
  let last: Command | null = null;
  return ordering(tongue, context, (commands) => {
    if (commands.length === 0) return commands;
    const repeated = [first, last].filter((each) => each !== null);
    first ??= commands.at(0) ?? null;
    last = commands.at(-1) ?? last;
    return repeated.length === 0 ? commands : [...repeated, ...commands];
  });
}
