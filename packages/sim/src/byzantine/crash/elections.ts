import type { MessageBase, View } from "@bft/core";
import type { Behaviour } from "../../protocols/protocol.js";
import { type LiarContext, others } from "../context.js";
import { Voice } from "../voice.js";
import { heard } from "./heard.js";
import type { Tongue } from "./tongue.js";

/** As soon as somebody leads, it wants to lead itself in the next ballot or term, and does nothing with it. */
export function endlessElections<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext): Behaviour<M> {
  return asking(tongue, context, (view) => view);
}

/** Wants to lead in one of the last ballots or terms that there are, until there is none that anybody could want. */
export function hugeView<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext): Behaviour<M> {
  const last = Number.MAX_SAFE_INTEGER - context.config.replicas;
  return asking(tongue, context, (view) => Math.max(view, last) as View);
}

/** Asks for the lead above a view, once for each view in which it hears a leader; it never asks in earnest. */
function asking<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext, above: (view: View) => View): Behaviour<M> {
  const voice = new Voice(tongue.protocol.codec, context);
  let last = -1;
  return (input, honest) => {
    const earnest = honest.filter((effect) => {
      const said = voice.said(effect);
      return said === null || !tongue.isCandidacy(said.message);
    });
    const told = earnest.length === honest.length ? honest : earnest;
    const word = heard(input);
    const view = word === null || !tongue.isLeaders(word.message) ? null : tongue.viewOf(word.message);
    if (view === null || view <= last) return told;
    last = view;
    const candidacy = tongue.candidacyAbove(above(view), context.config);
    return candidacy === null ? told : [...told, ...voice.sayTo(others(context), candidacy)];
  };
}
