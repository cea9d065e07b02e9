import { charactersOf } from "../view/text.js";
import type { Key } from "./keys.js";
import type { DashboardState, Mode, Transition } from "./state.js";

type Typing = Extract<Mode, { kind: "typing" }>;

const HISTORY_MAX = 50;

export function startTyping(state: DashboardState): DashboardState {
  return { ...state, mode: { kind: "typing", text: "", cursor: 0, recalled: null } };
}

/** A key while an operation is typed. */
export function typingKey(state: DashboardState, mode: Typing, key: Key): Transition {
  if (key.kind === "escape") return { state: { ...state, mode: { kind: "watch" } }, commands: [] };
  if (key.kind === "enter") return sent(state, mode.text.trim());
  if (key.kind === "up") return recall(state, mode, -1);
  if (key.kind === "down") return recall(state, mode, 1);
  return { state: { ...state, mode: edited(mode, key) }, commands: [] };
}

/** The line stays open after Enter, so that one can go on typing; an empty line leaves it. */
function sent(state: DashboardState, operation: string): Transition {
  if (operation === "") return { state: { ...state, mode: { kind: "watch" } }, commands: [] };
  const history = [...state.history.filter((old) => old !== operation), operation].slice(-HISTORY_MAX);
  return { state: startTyping({ ...state, history }), commands: [{ kind: "submit", operation }] };
}

function recall(state: DashboardState, mode: Typing, step: -1 | 1): Transition {
  const { history } = state;
  const at = (mode.recalled ?? history.length) + step;
  if (at < 0) return { state, commands: [] };
  const text = history[at] ?? "";
  const recalled = at < history.length ? at : null;
  return { state: { ...state, mode: { kind: "typing", text, cursor: charactersOf(text).length, recalled } }, commands: [] };
}

function edited(mode: Typing, key: Key): Typing {
  const characters = charactersOf(mode.text);
  const { cursor } = mode;
  const put = (text: string[], at: number): Typing => ({ kind: "typing", text: text.join(""), cursor: at, recalled: null });
  const moved = (at: number): Typing => ({ ...mode, cursor: Math.max(0, Math.min(characters.length, at)) });
  switch (key.kind) {
    case "character":
      return put([...characters.slice(0, cursor), key.character, ...characters.slice(cursor)], cursor + 1);
    case "backspace":
      return cursor === 0 ? mode : put([...characters.slice(0, cursor - 1), ...characters.slice(cursor)], cursor - 1);
    case "left":
      return moved(cursor - 1);
    case "right":
      return moved(cursor + 1);
    case "home":
      return moved(0);
    case "end":
      return moved(characters.length);
    case "control":
      return controlled(mode, characters, key.letter);
    default:
      return mode;
  }
}

/** The usual keys of a shell's line. */
function controlled(mode: Typing, characters: string[], letter: string): Typing {
  const rest = characters.slice(mode.cursor).join("");
  switch (letter) {
    case "a":
      return { ...mode, cursor: 0 };
    case "e":
      return { ...mode, cursor: characters.length };
    case "u":
      return { kind: "typing", text: rest, cursor: 0, recalled: null };
    case "k":
      return { kind: "typing", text: characters.slice(0, mode.cursor).join(""), cursor: mode.cursor, recalled: null };
    case "w": {
      const before = characters
        .slice(0, mode.cursor)
        .join("")
        .replace(/\S+\s*$/, "");
      return { kind: "typing", text: before + rest, cursor: charactersOf(before).length, recalled: null };
    }
    default:
      return mode;
  }
}
