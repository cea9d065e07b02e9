import { isLying } from "../../watch/model.js";
import type { ExplainKind } from "./explanation.js";
import { cutLinks, impairedLinks } from "./links.js";
import type { Situation } from "./situation.js";

/** What would help, the likeliest, a command where there is one; null when it helps to wait. */
export function adviceFor(s: Situation, kind: ExplainKind): string | null {
  const { replicas, voters, facts } = s;
  const command = (text: string) => `bft ${text}${facts.flag}`;
  const down = replicas.find(({ process }) => process === "down");
  const paused = replicas.find(({ process }) => process === "paused");
  const liar = replicas.find(isLying);
  // Nothing brings back what was executed.
  if (kind === "diverged") return command("up --fresh");
  if (replicas.every(({ process }) => process === "down")) return command("up");
  if (voters.length < facts.quorum) {
    if (down !== undefined) return command(`restart ${down.id}`);
    if (paused !== undefined) return command(`resume ${paused.id}`);
  }
  if (kind === "lost" && s.core.length > 0) return "submit it again";
  if (cutLinks(s).length + impairedLinks(s).length > 0) return command("heal");
  if (liar !== undefined) return command(`byzantine ${liar.id} --off`);
  if (down !== undefined) return command(`restart ${down.id}`);
  return paused === undefined ? null : command(`resume ${paused.id}`);
}
