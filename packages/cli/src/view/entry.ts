import type { FeedEntry } from "../watch/feed.js";
import { printable, replicasNamed } from "./text.js";

/** A feed entry as one line of text: who, what. */
export function entryText({ replicas, text, executed }: FeedEntry): string {
  return printable(who(replicas, executed) + text);
}

function who(replicas: FeedEntry["replicas"], executed: FeedEntry["executed"]): string {
  if (executed) return executed.from === executed.to ? "slot " : "slots ";
  return replicas.length > 0 ? `${replicasNamed(replicas)}: ` : "";
}
