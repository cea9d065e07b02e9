import { fitLine, type Line, lineWidth, type Span, span } from "../../view/line.js";
import { charactersOf, printable, widthOf } from "../../view/text.js";
import { bodyRows, layoutFor } from "../layout.js";
import { pageTitles } from "../pages.js";
import type { DashboardState, Mode } from "../state.js";
import { pageLines } from "./page.js";

type Hint = readonly [key: string, does: string];

/** What the keys do now, or the line that is typed. */
export function footerLine(state: DashboardState, columns: number): Line {
  switch (state.mode.kind) {
    case "typing":
      return typingLine(state.mode, columns);
    case "behaviours":
      return hintLine(
        [
          ["↑↓", "choose"],
          ["←→", "group"],
          ["a-z", "find"],
          ["Enter", "switch on"],
          ["Esc", state.mode.filter === "" ? "leave as it is" : "show all"],
        ],
        columns,
      );
    case "help":
      return hintLine([["any key", "closes the help"]], columns);
    case "watch":
      return hintLine(watchHints(state, columns), columns);
  }
}

/** The most important first: what does not fit is left out, whole. */
function watchHints(state: DashboardState, columns: number): readonly Hint[] {
  const { cluster, selected, owned, cameFrom } = state;
  const paused = cluster.replicas[selected]?.process === "paused";
  const act: readonly Hint[] = [
    ["K", "kill"],
    ["R", "restart"],
    ["L", "lie"],
    ["P", paused ? "resume" : "pause"],
  ];
  const last: readonly Hint[] = [
    ["?", "help"],
    ["q", owned ? "stop all" : "quit"],
  ];
  const back: Hint = ["Esc", pageTitles[cameFrom]];
  switch (state.page) {
    case "overview":
      return [["s", "submit"], ["↑↓", `replica ${selected}:`], ...act, ...last, ["Enter", "its page"]];
    case "slots":
      return [
        ["←→", "slot"],
        ["End", "newest"],
        ["c", "its chart"],
        back,
        ...last,
        ["s", "submit"],
        ["↑↓", `replica ${selected}:`],
        ...act,
      ];
    case "replica":
      return [["↑↓", "replica"], ...scrolls(state, columns), back, ...last, ...act];
    case "links":
      return [["↑↓", "replica"], ...scrolls(state, columns), back, ...last, ...act];
    case "chart":
      return [
        ["←→", "slot"],
        ["End", "newest"],
        ...scrolls(state, columns),
        ["Enter", "draw anew"],
        back,
        ...last,
        ["s", "submit"],
      ];
  }
}

/** The keys that scroll, where there is more than the screen shows. */
function scrolls(state: DashboardState, columns: number): readonly Hint[] {
  const layout = layoutFor(state, 0);
  const more = pageLines(state, columns).length - bodyRows(layout);
  return more <= 0 ? [] : [["PgDn", state.scroll >= more ? "is the end" : `${more - state.scroll} more`]];
}

function hintLine(hints: readonly Hint[], columns: number): Line {
  const spans: Span[] = [];
  for (const [key, does] of hints) {
    const hint = [span(spans.length === 0 ? " " : "  "), span(key, "strong"), span(` ${does}`, "dim")];
    if (lineWidth([...spans, ...hint]) > columns) break;
    spans.push(...hint);
  }
  return spans;
}

const PROMPT = " submit> ";

function typingLine({ text, cursor }: Extract<Mode, { kind: "typing" }>, columns: number): Line {
  const characters = charactersOf(text).map(printable);
  const under = characters[cursor] ?? " ";
  const room = Math.max(1, columns - PROMPT.length - widthOf(under));
  // The part left of the cursor scrolls out when the line gets longer than the screen.
  const before = endOf(characters.slice(0, cursor), room);
  const after = characters.slice(cursor + 1).join("");
  const hint = text === "" ? [span("  an operation, such as set x 1; Enter sends, Esc leaves", "dim")] : [];
  return fitLine([span(PROMPT, "strong"), span(before), span(under, "chosen"), span(after), ...hint], columns);
}

function endOf(characters: readonly string[], columns: number): string {
  let kept = "";
  for (let index = characters.length - 1; index >= 0; index--) {
    const next = characters[index] + kept;
    if (widthOf(next) > columns) break;
    kept = next;
  }
  return kept;
}
