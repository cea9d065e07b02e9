import type { MessageBase, Signed } from "@bft/core";
import type { Behaviour } from "../../protocols/protocol.js";
import { halves, type LiarContext } from "../context.js";
import { Voice } from "../voice.js";
import { OtherValues } from "./other-values.js";
import type { Said, Tongue } from "./tongue.js";

/**
 * As leader it orders one thing for half of the others and another thing for the rest, under the same number, and counts itself in
 * both majorities: each half is as many as it needs to choose what it was told. Everything that is sent again is told to each half as
 * it was told first, and the second half is never handed the state, which is that of the first.
 */
export function equivocate<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext): Behaviour<M> {
  const voice = new Voice(tongue.protocol.codec, context);
  const values = new OtherValues(context.ports);
  const [, second] = halves(context);
  let lied = false;
  return voice.telling((signed, to) => {
    const deceived = to.filter((replica) => second.includes(replica));
    if (deceived.length === 0) return null;
    const said: Said<M> = signed as Signed<M>;
    const rest = to.filter((replica) => !second.includes(replica)).map((replica) => voice.pass(replica, signed));
    if (tongue.isState(said.message)) return lied ? rest : null;
    let differs = false;
    const lie = tongue.withValues(
      said,
      (value, seq) => {
        const other = values.of(value, seq);
        differs ||= other.digest !== value.digest;
        return other;
      },
      context.ports,
    );
    if (lie === null || !differs) return null;
    lied = true;
    return [...rest, ...voice.sayTo(deceived, lie.message, lie.attachment)];
  });
}
