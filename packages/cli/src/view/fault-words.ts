import type { LinkFault } from "@bft/replica";
import { timeSpan } from "./numbers.js";

/** What is wrong with a link, in a few words: `cut`, `50 ms to 60 ms late, 10 % dropped`. */
export function faultWords({ cut, delayMs, jitterMs, drop, duplicate, reorder }: LinkFault): string {
  if (cut) return "cut";
  const words = [
    ...(delayMs + jitterMs > 0 ? [`${lateness(delayMs, jitterMs)} late`] : []),
    ...(drop > 0 ? [`${percent(drop)} dropped`] : []),
    ...(duplicate > 0 ? [`${percent(duplicate)} twice`] : []),
    ...(reorder > 0 ? [`${percent(reorder)} out of order`] : []),
  ];
  return words.length === 0 ? "sound" : words.join(", ");
}

function lateness(delayMs: number, jitterMs: number): string {
  return jitterMs === 0 ? timeSpan(delayMs) : `${timeSpan(delayMs)} to ${timeSpan(delayMs + jitterMs)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
