import type { BehaviourInfo } from "@bft/sim/byzantine";
import type { ClientLies } from "../services/client-lies.js";
import { type Line, span } from "./line.js";
import { counted } from "./text.js";

/** What a lying client did, and how the replicas answered. */
export function clientLiesLines(lies: ClientLies, { name, summary, holds }: BehaviourInfo): readonly Line[] {
  const { client, liesTold, requests, timestamps, messages, contradicted } = lies;
  const sent = `${counted(requests, "request")} under ${counted(timestamps, "timestamp")}, in ${counted(messages, "message")}`;
  return [
    [span(`client ${client} told ${counted(liesTold, "lie")}: `), span(name, "lying")],
    row("it", span(summary)),
    row("must hold", span(holds)),
    row("sent", span(sent)),
    row("answered", span(answeredText(lies))),
    row("refused", span(reasonsText(lies))),
    ...(contradicted === 0
      ? []
      : [row("broken", span(`${counted(contradicted, "timestamp")} with two answers, each ${byEqual(lies.needed)}`, "bad"))]),
  ];
}

function answeredText({ needed, answered, timestamps, refusedByService, replies }: ClientLies): string {
  const refused = refusedByService === 0 ? "" : `, of them ${refusedByService} with a refusal by the service`;
  return `${answered} of ${counted(timestamps, "timestamp")} ${byEqual(needed)}${refused} (${counted(replies, "reply", "replies")})`;
}

/** `by 2 equal replies`: what makes an answer sure. */
function byEqual(needed: number): string {
  return needed === 1 ? "by a reply" : `by ${needed} equal replies`;
}

function reasonsText({ reasons }: ClientLies): string {
  const all = Object.entries(reasons).map(([reason, count]) => `${reason} ${count}`);
  return all.length === 0 ? "nothing" : all.join(", ");
}

function row(label: string, text: Line[number]): Line {
  return [span(`  ${label.padEnd(9)}  `, "dim"), text];
}
