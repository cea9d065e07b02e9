import { PROTOCOL_NAMES } from "@bft/core/protocols";
import { ANY, type OptionInfo, type Pins, PLAN_OPTIONS } from "@bft/sim";
import { misuse } from "../../errors.js";
import { nearest } from "../../view/nearest.js";
import { behaviourNamed } from "../behaviours.js";

/** `--f 2 --set drop=0.3`, as typed. */
export interface PinFlags {
  readonly f?: string | undefined;
  readonly protocol?: string | undefined;
  readonly liars?: string | undefined;
  readonly behaviour?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

/** Options that a person decided, by name and text: what goes to worker threads and into commands to type. */
export type PinTexts = readonly (readonly [name: string, text: string])[];

const SHORT = ["f", "protocol", "liars", "behaviour"] as const;

/** What is pinned, in the order of the options. @throws CliError for an option that there is not, or that is named twice. */
export function pinTextsOf(flags: PinFlags): PinTexts {
  const texts = new Map<string, string>();
  const pin = (name: string, text: string) => {
    if (texts.has(name)) throw misuse(`${name} is pinned twice; leave one of them out`);
    texts.set(optionNamed(name).name, text);
  };
  for (const name of SHORT) if (flags[name] !== undefined) pin(name, flags[name]);
  for (const text of flags.set ?? []) {
    const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === "") throw misuse(`--set takes an option and its value, such as --set drop=0.3, not "${text}"`);
    pin(name, value);
  }
  return PLAN_OPTIONS.flatMap(({ name }) => {
    const text = texts.get(name);
    return text === undefined ? [] : [[name, text] as const];
  });
}

/** The values of what is pinned. @throws CliError for a value that an option can not have. */
export function pinsOf(texts: PinTexts): Pins {
  const protocol = texts.find(([name]) => name === "protocol")?.[1] ?? "pbft";
  return Object.fromEntries(texts.map(([name, text]) => [name, pinnedValue(optionNamed(name), text, protocol)]));
}

function pinnedValue(option: OptionInfo, text: string, protocol: string): string | number | boolean {
  const known = PROTOCOL_NAMES.find((name) => name === protocol);
  if (option.name === "behaviour" && text !== ANY && known !== undefined) behaviourNamed(known, text);
  try {
    return option.parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw misuse(error.message);
    throw error;
  }
}

function optionNamed(name: string): OptionInfo {
  const option = PLAN_OPTIONS.find((each) => each.name === name);
  if (option !== undefined) return option;
  const meant = nearest(
    name,
    PLAN_OPTIONS.map((each) => each.name),
  );
  throw misuse(`there is no option "${name}"${meant === null ? "" : `; did you mean ${meant}`}; all of them: bft sim run --list`);
}

/** What is pinned as flags to type, with a space before each. */
export function pinFlagsText(texts: PinTexts): string {
  const flags = texts.map(([name, text]) =>
    SHORT.some((short) => short === name) ? ` --${name} ${shellWord(text)}` : ` --set ${shellWord(`${name}=${text}`)}`,
  );
  return flags.join("");
}

/** A word that a shell takes as it is. */
export function shellWord(word: string): string {
  return /^[\w.,:=/+@%-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
