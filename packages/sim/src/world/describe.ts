import type { MessageBase, Signed } from "@bft/core";
import type { Deed } from "../plan/plan.js";

/** Fields of a message that say which one it is, in this order. */
const TELLING = ["client", "timestamp", "view", "newView", "seq", "stableSeq", "lastExecuted", "digest", "stateDigest"] as const;

/** `prepare view 0 seq 3 digest 1f3a9c02`: one message in a line of a trace. */
export function describeMessage(signed: Signed<MessageBase>): string {
  const message = signed.message as unknown as Readonly<Record<string, unknown>>;
  const fields = TELLING.flatMap((name) => {
    const value = message[name];
    if (typeof value === "number") return [`${name} ${value}`];
    return typeof value === "string" ? [`${name} ${value.slice(0, 8)}`] : [];
  });
  return [signed.kind, ...fields].join(" ");
}

/** What is done to the world, as a person would say it. */
export function describeDeed(deed: Deed): string {
  switch (deed.kind) {
    case "submit":
      return `client ${deed.client} submits ${deed.operations.join("; ")}`;
    case "crash":
      return deed.effects === 0
        ? `replica ${deed.replica} crashes`
        : `replica ${deed.replica} crashes after ${deed.effects} more effects`;
    case "restart":
      return `replica ${deed.replica} is started again`;
    case "wipe":
      return `replica ${deed.replica} loses its disk`;
    case "cut":
      return `nothing passes from ${deed.from.join(",")} to ${deed.to.join(",")}`;
    case "clog":
      return `what is sent from ${deed.from.join(",")} to ${deed.to.join(",")} waits`;
    case "mend":
      return "all links are whole again";
    case "slow":
      return deed.inputMs === 0
        ? `replica ${deed.replica} is fast again`
        : `replica ${deed.replica} takes ${deed.inputMs} ms for each input`;
  }
}
