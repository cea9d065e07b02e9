/** What a piece of a transcript should have been. Thrown inside the parser only, which adds the line. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/** Characters that a terminal would obey and JSON leaves as they are: C1 controls and the marks that turn the direction of writing. */
const unprintable = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** `text` as a JSON string in one line that is safe to show; `JSON.parse` reads it back. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(unprintable, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** `1 record`, `2 records`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

/** `0, 2, 3`, or `none`. */
export function idList(ids: readonly number[]): string {
  return ids.length === 0 ? "none" : ids.join(", ");
}

export function readIds(text: string): number[] {
  if (text === "none") return [];
  return text.split(",").map((id) => readWhole(id.trim(), "an id"));
}

export function readWhole(text: string, what: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new Unreadable(`${what} is a whole number such as 3, not "${clipped(text)}"`);
  return value;
}

/** A number >= 0 as `String` writes it: 20, 0.25, 1e-7. */
export function readNumber(text: string, what: string): number {
  const value = /^\d+(\.\d+)?(e[+-]\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new Unreadable(`${what} is a number such as 20 or 0.5, not "${clipped(text)}"`);
  return value;
}

/** Strings in quotes with commas between them: what operations look like. */
export function readQuoted(text: string): string[] {
  const one = /"(?:[^"\\]|\\.)*"/y;
  const found: string[] = [];
  for (let at = 0; ; at += 2) {
    one.lastIndex = at;
    const match = one.exec(text)?.[0];
    if (match === undefined) throw new Unreadable(`an operation stands in quotes, such as "set x 1"`);
    found.push(unquoted(match));
    at += match.length;
    if (at === text.length) return found;
    if (text.slice(at, at + 2) !== ", ") throw new Unreadable("between two operations stands a comma and a space");
  }
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    throw new Unreadable(`${clipped(text)} is not a text as JSON writes it; a quotation mark inside is written \\"`);
  }
}

/** What somebody wrote, short enough for a message, and harmless. */
export function clipped(text: string): string {
  return quoted(text.length > 60 ? `${text.slice(0, 60)}…` : text).slice(1, -1);
}
