import { entryText } from "../../view/entry.js";
import { glyphs } from "../../view/glyphs.js";
import { type Line, span, type Tone } from "../../view/line.js";
import { clockTime } from "../../view/numbers.js";
import type { Feed, FeedEntry, FeedTone } from "../../watch/feed.js";

export function feedHead(columns: number): Line {
  const title = " events ";
  return [span(`${glyphs.rule.repeat(2)}${title}${glyphs.rule.repeat(Math.max(0, columns - title.length - 2))}`, "dim")];
}

/** The newest entries, the newest at the bottom. */
export function feedLines({ entries }: Feed, rows: number): Line[] {
  return rows === 0 ? [] : entries.slice(-rows).map(feedLine);
}

const tones: Readonly<Record<FeedTone, Tone>> = {
  plain: "plain",
  good: "plain",
  warn: "warn",
  bad: "bad",
  dim: "dim",
  lying: "lying",
};

function feedLine(entry: FeedEntry): Line {
  return [span(` ${clockTime(entry.atMs)}  `, "dim"), span(entryText(entry), tones[entry.tone])];
}
