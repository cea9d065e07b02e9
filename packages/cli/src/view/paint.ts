import { Chalk } from "chalk";
import { asciiOf } from "./glyphs.js";
import { type Line, lineText, type Tone } from "./line.js";

export type Paint = (line: Line) => string;

export interface ColourSource {
  readonly isTTY?: boolean | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether to write colours to `stream`: not when it is piped, and never against the person's wish (no-color.org, FORCE_COLOR). */
export function wantsColour(stream: ColourSource, env: Environment): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] !== undefined) return env["FORCE_COLOR"] !== "0" && env["FORCE_COLOR"] !== "false";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** `text`: nothing but text. `plain`: bold, dim and inverse, for a screen without colours. `colour`: the sixteen that every theme has. */
export type PaintKind = "text" | "plain" | "colour";

/** Turns lines into text for the terminal. */
export function painter(kind: PaintKind, ascii = false): Paint {
  const paint = kind === "text" ? lineText : tonePaint(kind === "colour" ? colourTones : plainTones);
  return ascii ? (line) => asciiOf(paint(line)) : paint;
}

type Tones = Readonly<Record<Tone, (text: string) => string>>;

function tonePaint(tones: Tones): Paint {
  return (line) => line.map((part) => tones[part.tone](part.text)).join("");
}

const chalk = new Chalk({ level: 1 });
const asIs = (text: string) => text;

const colourTones: Tones = {
  plain: asIs,
  dim: chalk.dim,
  strong: chalk.bold,
  good: chalk.green,
  warn: chalk.yellow,
  bad: chalk.red,
  primary: chalk.cyan,
  lying: chalk.magenta,
  chosen: chalk.inverse,
  goodBar: chalk.black.bgGreen,
  warnBar: chalk.black.bgYellow,
  badBar: chalk.white.bgRed,
};

const plainTones: Tones = {
  plain: asIs,
  dim: chalk.dim,
  strong: chalk.bold,
  good: asIs,
  warn: chalk.bold,
  bad: chalk.bold,
  primary: chalk.bold,
  lying: chalk.bold,
  chosen: chalk.inverse,
  goodBar: chalk.inverse,
  warnBar: chalk.inverse,
  badBar: chalk.inverse,
};
