import { charactersOf } from "../view/text.js";

/** One key press. A control combination is named by its letter. */
export type Key =
  | { readonly kind: "character"; readonly character: string }
  | { readonly kind: "control"; readonly letter: string }
  | { readonly kind: NamedKey };

export type NamedKey =
  | "enter"
  | "escape"
  | "backspace"
  | "tab"
  | "backtab"
  | "up"
  | "down"
  | "left"
  | "right"
  | "home"
  | "end"
  | "page-up"
  | "page-down";

/** What Ink's `useInput` says of a key, as far as we use it. */
export interface InkKey {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly shift: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly ctrl: boolean;
  readonly meta: boolean;
}

const named: readonly (readonly [keyof InkKey, NamedKey])[] = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["home", "home"],
  ["end", "end"],
  ["pageUp", "page-up"],
  ["pageDown", "page-down"],
  ["return", "enter"],
  ["tab", "tab"],
  ["backspace", "backspace"],
  // Most terminals send for Backspace what Ink calls Delete.
  ["delete", "backspace"],
];

/** The keys of one chunk of input: what is typed fast, or pasted, comes as one string. */
export function keysOf(input: string, key: InkKey): readonly Key[] {
  if (key.tab && key.shift) return [{ kind: "backtab" }];
  for (const [flag, kind] of named) if (key[flag]) return [{ kind }];
  if (key.escape) return [{ kind: "escape" }];
  if (key.ctrl) return /^[a-z]$/.test(input) ? [{ kind: "control", letter: input }] : [];
  // Alt with a letter is no command of ours, and must not act like the letter.
  if (key.meta) return [];
  return charactersOf(input).flatMap(keyOfCharacter);
}

function keyOfCharacter(character: string): readonly Key[] {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\r" || character === "\n" || character === "\r\n") return [{ kind: "enter" }];
  if (character === "\u007f" || character === "\b") return [{ kind: "backspace" }];
  if (character === "\t") return [{ kind: "tab" }];
  if (character === "\u001b") return [{ kind: "escape" }];
  if (code >= 1 && code <= 26) return [{ kind: "control", letter: String.fromCharCode(code + 96) }];
  return code < 32 ? [] : [{ kind: "character", character }];
}
