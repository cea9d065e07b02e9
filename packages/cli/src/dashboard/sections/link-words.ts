import type { ReplicaLink } from "@bft/replica";
import { faultWords } from "../../view/fault-words.js";
import { glyphs } from "../../view/glyphs.js";
import type { Tone } from "../../view/line.js";
import { compact } from "../../view/numbers.js";

/** A link's state in one sign and a word of four letters at most. */
export interface LinkLook {
  readonly sign: string;
  readonly word: string;
  readonly tone: Tone;
}

export function linkLook({ connected, fault }: ReplicaLink): LinkLook {
  if (!connected) return { sign: glyphs.down, word: "down", tone: "bad" };
  if (fault === null) return { sign: glyphs.on, word: "up", tone: "good" };
  if (fault.cut) return { sign: glyphs.cut, word: "cut", tone: "bad" };
  const wrong = [
    ...(fault.delayMs + fault.jitterMs > 0 ? ["late"] : []),
    ...(fault.drop > 0 ? ["drop"] : []),
    ...(fault.duplicate > 0 ? ["dup"] : []),
    ...(fault.reorder > 0 ? ["swap"] : []),
  ];
  return { sign: glyphs.busy, word: wrong.length === 1 ? (wrong[0] ?? "") : wrong.length === 0 ? "up" : "bad", tone: "warn" };
}

/** A link in words: what is wrong with it, and what the faults really did since its replica started. */
export function linkText(link: ReplicaLink): { readonly text: string; readonly done: string; readonly tone: Tone } {
  const { sign, tone } = linkLook(link);
  const state = link.connected ? (link.fault === null ? "up" : faultWords(link.fault)) : "down";
  const also = !link.connected && link.fault !== null ? `, ${faultWords(link.fault)}` : "";
  return { text: `${sign} ${state}${also}`, done: doneOn(link), tone };
}

/** `120 cut off, 4 late, 12kB queued`; empty where nothing happened. */
function doneOn({ faultCounts, queuedBytes }: ReplicaLink): string {
  const { cut, dropped, overflowed, delayed, duplicated, reordered } = faultCounts;
  const counts: readonly (readonly [number, string])[] = [
    [cut, "cut off"],
    [dropped, "dropped"],
    [overflowed, "lost to a full queue"],
    [delayed, "late"],
    [duplicated, "twice"],
    [reordered, "overtaken"],
  ];
  const happened = counts.filter(([count]) => count > 0).map(([count, what]) => `${compact(count)} ${what}`);
  return [...happened, ...(queuedBytes > 0 ? [`${compact(queuedBytes)}B queued`] : [])].join(", ");
}
