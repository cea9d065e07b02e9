import { type Line, lineWidth, type Span, type Tone } from "./line.js";
import { charactersOf, printable, widthOf } from "./text.js";

/** How a tone looks: as on a terminal with a dark background. */
interface Look {
  readonly colour: string;
  readonly background: string | null;
  readonly bold: boolean;
  /** 1: as it is; less: fainter. */
  readonly opacity: number;
}

const FOREGROUND = "#d4d4d4";
const BACKGROUND = "#1e1e1e";
const FRAME = "#333333";

function look(colour: string, other: Partial<Look> = {}): Look {
  return { colour, background: null, bold: false, opacity: 1, ...other };
}

const looks: Readonly<Record<Tone, Look>> = {
  plain: look(FOREGROUND),
  dim: look(FOREGROUND, { opacity: 0.6 }),
  strong: look("#ffffff", { bold: true }),
  good: look("#3fb950"),
  warn: look("#e3b341"),
  bad: look("#f47067"),
  primary: look("#39c5cf"),
  lying: look("#d670d6"),
  chosen: look(BACKGROUND, { background: FOREGROUND }),
  goodBar: look("#0d1117", { background: "#3fb950" }),
  warnBar: look("#0d1117", { background: "#e3b341" }),
  badBar: look("#ffffff", { background: "#c93c37" }),
};

/** A cell of the screen in pixels, and what surrounds them all. */
const CELL = { width: 8.4, height: 17, baseline: 13 } as const;
const FONT_SIZE = 14;
const MARGIN = 12;
const TITLE_BAR = 28;

export interface ScreenPicture {
  /** Stands above the screen, and names the picture. */
  readonly title: string;
  readonly columns: number;
  readonly lines: readonly Line[];
}

/** A screen as an SVG picture that needs nothing but a monospace font. Each span stands at its column, however wide the font is. */
export function svgScreen({ title, columns, lines }: ScreenPicture): string {
  const width = round(columns * CELL.width + 2 * MARGIN);
  const height = lines.length * CELL.height + TITLE_BAR + 2 * MARGIN;
  const rows = lines.flatMap((line, row) => rowParts(line, TITLE_BAR + MARGIN + row * CELL.height));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    `<path d="M0 ${TITLE_BAR}V8a8 8 0 0 1 8-8h${round(width - 16)}a8 8 0 0 1 8 8v${TITLE_BAR - 8}z" fill="${FRAME}"/>`,
    `<g font-family="${FONTS}" font-size="${FONT_SIZE}" style="white-space:pre">`,
    `<text x="${round(width / 2)}" y="19" text-anchor="middle" fill="${FOREGROUND}" font-size="13">${escaped(title)}</text>`,
    ...rows,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

const FONTS = "ui-monospace, 'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, monospace";

function rowParts(line: Line, y: number): string[] {
  let column = 0;
  return line.flatMap((part) => {
    const at = column;
    column += lineWidth([part]);
    return spanParts(part, at, y);
  });
}

function spanParts(part: Span, column: number, y: number): string[] {
  const { colour, background, bold, opacity } = looks[part.tone];
  const width = widthOf(part.text);
  if (width === 0) return [];
  const box =
    background === null
      ? []
      : [`<rect x="${xOf(column)}" y="${y}" width="${round(width * CELL.width)}" height="${CELL.height}" fill="${background}"/>`];
  const style = `fill="${colour}"${bold ? ' font-weight="bold"' : ""}${opacity < 1 ? ` opacity="${opacity}"` : ""}`;
  return [...box, ...pieces(part.text, column).map(({ text, at, columns }) => textPart(text, at, columns, y, style))];
}

function textPart(text: string, column: number, columns: number, y: number, style: string): string {
  const length = `textLength="${round(columns * CELL.width)}" lengthAdjust="spacingAndGlyphs"`;
  return `<text x="${xOf(column)}" y="${y + CELL.baseline}" ${length} ${style}>${escaped(text)}</text>`;
}

/** The words of a text with their columns: spaces are not drawn, so that nothing depends on how a viewer treats them. */
function pieces(text: string, column: number): { text: string; at: number; columns: number }[] {
  const found: { text: string; at: number; columns: number }[] = [];
  let [piece, at, end] = ["", column, column];
  for (const character of [...charactersOf(text), " "]) {
    const blank = character.trim() === "";
    if (blank && piece !== "") found.push({ text: piece, at, columns: end - at });
    if (blank) piece = "";
    else if (piece === "") at = end;
    if (!blank) piece += character;
    end += widthOf(character);
  }
  return found;
}

function xOf(column: number): number {
  return round(MARGIN + column * CELL.width);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escaped(text: string): string {
  return printable(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
