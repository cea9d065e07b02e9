import { withNote } from "../watch/feed.js";
import { observe } from "../watch/observe.js";
import { behaviourKey, openBehaviours } from "./behaviour-keys.js";
import { wantedChart } from "./chart-view.js";
import type { Key } from "./keys.js";
import { pageKey, turnedTo } from "./page-keys.js";
import { pageKeys, pages } from "./pages.js";
import type { Command, DashboardAction, DashboardState, Transition } from "./state.js";
import { startTyping, typingKey } from "./typing.js";

/** The dashboard's next state, and what has to be done outside. Pure. */
export function reduce(state: DashboardState, action: DashboardAction): Transition {
  switch (action.kind) {
    case "key":
      return onKey(state, action.key, action.atMs);
    case "resize":
      return only({ ...state, size: action.size });
    case "note":
      return only({
        ...state,
        cluster: { ...state.cluster, feed: withNote(state.cluster.feed, action.atMs, action.text, action.tone) },
      });
    case "busy": {
      const { [action.replica]: _, ...others } = state.busy;
      return only({ ...state, busy: action.doing === null ? others : { ...others, [action.replica]: action.doing } });
    }
    case "chart":
      return only({ ...state, chart: { drawn: action.drawn, drawing: null } });
    case "tick":
      return withChart({ ...state, cluster: observe(state.cluster, action) }, action.atMs);
    default:
      return only({ ...state, cluster: observe(state.cluster, action) });
  }
}

function only(state: DashboardState, ...commands: Command[]): Transition {
  return { state, commands };
}

/** Asks for the chart that should be on the screen, if it is not. */
function withChart(state: DashboardState, atMs: number): Transition {
  const seq = wantedChart(state, atMs);
  if (seq === null) return only(state);
  const chart = { ...state.chart, drawing: seq };
  return only({ ...state, chart }, { kind: "chart", seq, newest: state.cursor === null, columns: state.size.columns });
}

function onKey(state: DashboardState, key: Key, atMs: number): Transition {
  if (key.kind === "control" && key.letter === "c") return only(state, { kind: "quit" });
  if (key.kind === "control" && key.letter === "l") return only(state, { kind: "redraw" });
  switch (state.mode.kind) {
    case "typing":
      return typingKey(state, state.mode, key);
    case "behaviours":
      return behaviourKey(state, state.mode, key);
    case "help":
      // Any key closes the help, and q means what it says everywhere.
      return key.kind === "character" && key.character === "q"
        ? only(state, { kind: "quit" })
        : only({ ...state, mode: { kind: "watch" } });
    case "watch": {
      const turned = pageKey(state, key);
      return turned === null ? watchKey(state, key, atMs) : withChart(turned, atMs);
    }
  }
}

/** The keys that do the same on every page that does not use them for something of its own. */
function watchKey(state: DashboardState, key: Key, atMs: number): Transition {
  if (key.kind === "up") return only(select(state, state.selected - 1));
  if (key.kind === "down") return only(select(state, state.selected + 1));
  if (key.kind === "home") return only(select(state, 0));
  if (key.kind === "end") return only(select(state, state.cluster.replicas.length - 1));
  if (key.kind !== "character") return only(state);
  const { character } = key;
  if (/^\d$/.test(character)) return only(selectDigit(state, Number(character), atMs));
  const replica = state.selected;
  const page = pages.find((each) => pageKeys[each] === character);
  if (page !== undefined) return withChart(turnedTo(state, page), atMs);
  switch (character) {
    case "k":
      return only(select(state, replica - 1));
    case "j":
      return only(select(state, replica + 1));
    case "K":
      return only(state, { kind: "kill", replica });
    case "R":
    case "r":
      return only(state, { kind: "restart", replica });
    case "P":
    case "p":
      return only(state, { kind: state.cluster.replicas[replica]?.process === "paused" ? "resume" : "pause", replica });
    case "L":
    case "l":
      return only(openBehaviours(state, replica));
    case "s":
    case "/":
      return only(startTyping(state));
    case "?":
    case "h":
      return only({ ...state, mode: { kind: "help" } });
    case "q":
      return only(state, { kind: "quit" });
    default:
      return only(state);
  }
}

function select(state: DashboardState, wanted: number): DashboardState {
  const selected = Math.max(0, Math.min(state.cluster.replicas.length - 1, wanted));
  return { ...state, selected, scroll: 0 };
}

/** A digit selects that replica; one that does not exist is said so, not ignored. */
function selectDigit(state: DashboardState, wanted: number, atMs: number): DashboardState {
  const last = state.cluster.replicas.length - 1;
  if (wanted <= last) return select(state, wanted);
  const text = `replica ${wanted} does not exist; this cluster has replicas 0 to ${last}`;
  return { ...state, cluster: { ...state.cluster, feed: withNote(state.cluster.feed, atMs, text, "warn") } };
}
