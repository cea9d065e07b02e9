import type { MessageBase } from "@bft/core";
import type { Behaviour } from "../../protocols/protocol.js";
import type { LiarContext } from "../context.js";
import { Shadow, unspoken } from "./shadow.js";
import type { Tongue } from "./tongue.js";

/**
 * Whenever somebody wants to lead, it answers as a replica that never accepted anything, and goes on as that one. What the old leader
 * had chosen with its help may then be known to nobody in the new majority (the one replica in which two majorities meet forgets).
 */
export function forgetAccepted<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext): Behaviour<M> {
  let shadow: Shadow<M> | null = null;
  let highest = 0;
  return (input, honest) => {
    if (input.kind === "message") {
      const { message } = input.signed as { readonly message: M };
      const view = tongue.viewOf(message) ?? 0;
      if (tongue.isCandidacy(message) && view > highest) shadow = new Shadow(tongue, context, "forgetful");
      highest = Math.max(highest, view);
    }
    return shadow === null ? honest : [...unspoken(honest), ...shadow.step(input)];
  };
}
