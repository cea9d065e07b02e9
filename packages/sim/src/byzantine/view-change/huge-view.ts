import type { View } from "@bft/core";
import type { LiarContext, PbftBehaviour } from "../liar.js";
import { askingFor } from "./asking.js";

/** Asks again and again for views that no cluster lives to see. */
export function hugeView(context: LiarContext): PbftBehaviour {
  const { random } = context;
  return askingFor(context, ({ view }) => Math.max(view, random.pick(ENORMOUS) - random.below(context.config.replicas)) as View);
}

const ENORMOUS = [2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER];
