import stringWidth from "string-width";

/** Printable ASCII and our own signs: a column each, no need to measure, and next to all there is to show. */
const plain = /^[\x20-\x7e◆●▲‖○◌·▸─…–→←↑↓✗×◔◑◕━▴▁▂▃▄▅▆▇│┼▶◀▷◁■□◇△]*$/;

/**
 * Characters that a terminal would obey instead of showing: C0 and C1 controls, line separators, and the marks that turn
 * the direction of writing. They come from clients and from other replicas, so they may be hostile.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what it is for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** `text` with everything that a terminal would obey written out, such as `\n` or `\u001b`. */
export function printable(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(unprintable, escaped);
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Columns that `text` takes on a terminal. */
export function widthOf(text: string): number {
  return plain.test(text) ? text.length : stringWidth(text);
}

const graphemes = new Intl.Segmenter();

/** What a person sees as characters: an accent or a joined emoji stays with its base. */
export function charactersOf(text: string): string[] {
  if (plain.test(text)) return [...text];
  return Array.from(graphemes.segment(text), (part) => part.segment);
}

/** The longest beginning of `text` that takes at most `columns` columns. */
export function cut(text: string, columns: number): string {
  if (columns <= 0) return "";
  if (plain.test(text)) return text.slice(0, columns);
  let width = 0;
  let kept = "";
  for (const character of charactersOf(text)) {
    width += stringWidth(character);
    if (width > columns) break;
    kept += character;
  }
  return kept;
}

/** `text`, or as much of it as fits with `ellipsis` in place of the rest. */
export function shorten(text: string, columns: number, ellipsis = "…"): string {
  if (widthOf(text) <= columns) return text;
  if (columns <= widthOf(ellipsis)) return cut(text, columns);
  return cut(text, columns - widthOf(ellipsis)) + ellipsis;
}

/** `text` shortened or filled up with spaces to exactly `columns` columns. */
export function fit(text: string, columns: number, align: "left" | "right" = "left"): string {
  const short = shorten(text, columns);
  const fill = " ".repeat(Math.max(0, columns - widthOf(short)));
  return align === "left" ? short + fill : fill + short;
}

/** `1, 2 and 3`, as a sentence has it. */
export function listed(items: readonly (string | number)[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** `1 replica`, `2 replicas`. */
export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${count} ${count === 1 ? thing : things}`;
}

/** `replica 2`, `replicas 0, 1 and 3`, `replicas 0 to 6 and 9`. The ids are in order. */
export function replicasNamed(ids: readonly number[]): string {
  return `${ids.length === 1 ? "replica" : "replicas"} ${listed(runs(ids))}`;
}

/** The numbers, four or more in a row put as `0 to 3`. */
function runs(ids: readonly number[]): string[] {
  const all: number[][] = [];
  for (const id of ids) {
    const last = all.at(-1);
    if (last?.at(-1) === id - 1) last.push(id);
    else all.push([id]);
  }
  return all.flatMap((run) => (run.length < 4 ? run.map(String) : [`${run[0]} to ${run.at(-1)}`]));
}

/** `text` broken between words into rows of at most `columns`; a longer word gets a row of its own. */
export function wrapped(text: string, columns: number): string[] {
  const rows: string[] = [];
  for (const word of text.split(" ")) {
    const last = rows.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= columns) rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(word);
  }
  return rows;
}
