/** The signs of the screen, a column each. Every sign stands beside a word or a number: none is the only signal. */
export const glyphs = {
  primary: "◆",
  backup: "●",
  lying: "▲",
  paused: "‖",
  down: "○",
  busy: "◌",
  /** A light that is on, one that is off. */
  on: "●",
  off: "·",
  chosen: "▸",
  separator: "·",
  rule: "─",
  /** Beside the id of a replica against which somebody holds a proof. */
  convicted: "✗",
  /** A link that was cut. */
  cut: "×",
  /** How far a slot is, of four phases: the fuller, the further. */
  quarter: "◔",
  half: "◑",
  most: "◕",
  /** The done part of a bar; what is left of it is a rule. */
  done: "━",
  /** Under what is pointed at. */
  pointer: "▴",
} as const;

/** The columns of a sparkline, from the lowest to the highest; none fills its row, which would touch the one above. */
export const sparks = "▁▂▃▄▅▆▇";

/** What to write instead where only ASCII is shown; a column each too, so that the layout stays as it is. */
const inAscii: Readonly<Record<string, string>> = {
  "◆": "*",
  "●": "o",
  "▲": "!",
  "‖": "=",
  "○": "x",
  "◌": "~",
  "·": ".",
  "▸": ">",
  "─": "-",
  "…": "~",
  "–": "-",
  "→": ">",
  "↑": "^",
  "↓": "v",
  "←": "<",
  "✗": "X",
  "×": "/",
  "◔": "-",
  "◑": "+",
  "◕": "%",
  "━": "=",
  "▴": "^",
  "▁": "_",
  "▂": ".",
  "▃": ":",
  "▄": "-",
  "▅": "=",
  "▆": "+",
  "▇": "*",
  "│": "|",
  "┼": "+",
  "▶": ">",
  "◀": "<",
  "▷": ")",
  "◁": "(",
  "■": "#",
  "□": "=",
  "◇": "v",
  "△": "'",
};

const symbols = new RegExp(`[${Object.keys(inAscii).join("")}]`, "g");

/** `text` with our signs in ASCII; what people typed stays as it is. */
export function asciiOf(text: string): string {
  return text.replace(symbols, (symbol) => inAscii[symbol] ?? symbol);
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the terminal shows ASCII only: the Linux console, a locale that is C or POSIX by name, or the person's wish. */
export function wantsAscii(env: Environment): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return env["BFT_ASCII"] === "1" || env["TERM"] === "linux" || locale === "C" || locale === "POSIX";
}
