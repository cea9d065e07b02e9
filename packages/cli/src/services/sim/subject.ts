import { readFileSync, statSync } from "node:fs";
import { drawPlan, type Pins, type Plan, parseTranscript, type Transcript } from "@bft/sim";
import { CliError, misuse } from "../../errors.js";
import { type PinFlags, type PinTexts, pinFlagsText, pinsOf, pinTextsOf, shellWord } from "./pins.js";

/** What `bft sim replay` and `bft sim shrink` are about: the plan of a seed, or a transcript. */
export interface Subject {
  readonly plan: Plan;
  /** What the person typed behind the command to name it. */
  readonly typed: string;
  /** `seed 7`, or the file's name. */
  readonly name: string;
  readonly transcript: Transcript | null;
}

export interface SubjectFlags extends PinFlags {
  readonly seed?: number | undefined;
}

/** No transcript is as long as this by far. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

/** @throws CliError when it is not said what is meant, or it can not be read. */
export function subjectOf(file: string | undefined, flags: SubjectFlags): Subject {
  const pins = pinTextsOf(flags);
  if (file === undefined) {
    if (flags.seed === undefined) throw misuse("say which run is meant: --seed 7, or the file of a transcript");
    return ofSeed(flags.seed, pins);
  }
  if (flags.seed !== undefined || pins.length > 0)
    throw misuse("a transcript says all that there is to say; leave --seed and the pinned options out, or leave out the file");
  return ofFile(file);
}

function ofSeed(seed: number, texts: PinTexts): Subject {
  const typed = `--seed ${seed}${pinFlagsText(texts)}`;
  return { plan: planOf(seed, pinsOf(texts)), typed, name: `seed ${seed}`, transcript: null };
}

/** The plan of a seed. @throws CliError when the pinned options do not go together. */
export function planOf(seed: number, pins: Pins): Plan {
  try {
    return drawPlan(seed, pins);
  } catch (error) {
    if (error instanceof RangeError) throw misuse(`seed ${seed}: ${error.message}`);
    throw error;
  }
}

function ofFile(file: string): Subject {
  const parsed = parseTranscript(textOf(file));
  if (!parsed.ok) throw new CliError("bad-transcript", `${file}, ${parsed.error}`, 2);
  return { plan: parsed.transcript.plan, typed: shellWord(file), name: file, transcript: parsed.transcript };
}

function textOf(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > FILE_BYTES_MAX) throw new Error(`it has ${size} bytes, more than any transcript`);
    return readFileSync(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError("no-transcript", `${file} can not be read as a transcript: ${why}; name a file that bft sim wrote`, 2);
  }
}
