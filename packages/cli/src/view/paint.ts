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

/** Turns lines into text for the terminal: in the sixteen colours that every terminal theme has, or in none. */
export function painter(colour: boolean, ascii = false): Paint {
  const paint = colour ? colourPaint() : lineText;
  return ascii ? (line) => asciiOf(paint(line)) : paint;
}

function colourPaint(): Paint {
  const chalk = new Chalk({ level: 1 });
  const tones: Record<Tone, (text: string) => string> = {
    plain: (text) => text,
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
  return (line) => line.map((part) => tones[part.tone](part.text)).join("");
}
