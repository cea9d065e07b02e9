import type { NewView } from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, sendAll, signAs, telling } from "../liar.js";

type Order = NewView["prePrepares"];

/** A primary whose new-view has another O than follows from its V; null: the truth, because there is nothing to lie about. */
export function falseOrder(context: LiarContext, lie: (truth: NewView) => Order | null): PbftBehaviour {
  return telling(context, (signed, to) => {
    if (signed.kind !== "new-view") return null;
    const prePrepares = lie(signed.message);
    return prePrepares === null ? null : sendAll(to, signAs<NewView>(context, { ...signed.message, prePrepares }));
  });
}
