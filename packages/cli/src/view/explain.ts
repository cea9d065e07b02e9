import type { ProtocolName } from "@bft/core";
import type { ExplainKind, Explanation, Point, Refusal, Standing, Upcoming } from "../services/explain/explanation.js";
import { plural, SLOT_WORDS } from "../services/explain/slot-words.js";
import { requestText } from "../services/explain/subject.js";
import { type Line, span, type Tone } from "./line.js";
import { timeSpan } from "./numbers.js";
import { wordsOf } from "./protocol-words.js";
import { counted, fit, listed, printable, replicasNamed, wrapped } from "./text.js";

/** As many of a kind are shown to a person; all are in the JSON. */
const SHOWN_MAX = 5;
const REQUESTS_SHOWN = 4;
const INDENT = 2;
const IDS_TOLD_ONE_BY_ONE = 5;
/** Where there is less room beside a replica's phase, its details go below. */
const DETAIL_WIDTH_MIN = 24;

/** Verdict, a line a replica, why, what next. @param width columns */
export function explainLines(explanation: Explanation, protocol: ProtocolName, width: number): readonly Line[] {
  const { verdict, kind, causes, next, advice, chart, notes } = explanation;
  // A message that told nothing new explains nothing.
  const refusals = together(explanation.refusals.filter((refusal) => refusal.kind !== "repeat"));
  const text = (line: string, tone: Tone, indent = INDENT) => paragraph(line, width, indent, tone);
  const section = (title: string, rows: readonly Line[]): readonly Line[] =>
    rows.length === 0 ? [] : [[], [span(title, "strong")], ...rows];
  return [
    ...paragraph(withSection(verdict), width, 0, toneOf(kind)),
    ...requestLines(explanation, width),
    ...section("replicas", replicaLines(explanation, protocol, width)),
    ...section(
      "why",
      causes.slice(0, SHOWN_MAX).flatMap((cause) => text(withSection(cause), "plain")),
    ),
    ...section(
      "refused",
      refusals.slice(0, SHOWN_MAX).flatMap((refusal) => text(refusalText(refusal), refusal.kind === "fault" ? "warn" : "dim")),
    ),
    ...section("next", [
      ...next.slice(0, SHOWN_MAX).flatMap((each) => text(nextText(each), "plain")),
      ...(advice === null ? [] : text(`it would help: ${advice}`, "good")),
    ]),
    ...(chart === null ? [] : [[], ...paragraph(`message by message: ${chart}`, width, 0, "dim")]),
    ...notes.flatMap((note) => [[], ...paragraph(note, width, 0, "dim")]),
  ];
}

/** At most three lines for whoever waited in vain: how it stands, why, what comes next. */
export function shortLines({ verdict, causes, next, advice }: Explanation): readonly string[] {
  const [cause] = causes.filter(({ text }) => !verdict.text.includes(text));
  const soon = next.find(({ inMs }) => inMs !== null);
  return [
    withSection(verdict),
    ...(cause === undefined ? [] : [`why: ${withSection(cause)}`]),
    ...(advice !== null ? [`it would help: ${advice}`] : soon === undefined ? [] : [`next: ${nextText(soon)}`]),
  ].map(printable);
}

const GOOD: ReadonlySet<ExplainKind> = new Set<ExplainKind>(["executed", "collected"]);
const BAD: ReadonlySet<ExplainKind> = new Set<ExplainKind>([
  "diverged",
  "conflict",
  "too-few",
  "cut-off",
  "refused",
  "lost",
  "unknown",
  "refused-by-service",
]);

function toneOf(kind: ExplainKind): Tone {
  return GOOD.has(kind) ? "good" : BAD.has(kind) ? "bad" : "warn";
}

function withSection({ text, section }: Point): string {
  return section === null || section === "" ? text : `${text} (${section})`;
}

/** Wrapped to the width; what follows the first row stands a little to the right. */
function paragraph(text: string, width: number, indent: number, tone: Tone): readonly Line[] {
  const rows = wrapped(printable(text), Math.max(20, width - indent - INDENT));
  return rows.map((row, index) => [span(" ".repeat(index === 0 ? indent : indent + INDENT)), span(row, tone)]);
}

function requestLines({ requests, requestCount }: Explanation, width: number): readonly Line[] {
  if (requests.length === 0) return [];
  const named = requests.slice(0, REQUESTS_SHOWN).map(requestText);
  const more = requestCount - named.length;
  const text = `it holds ${counted(requestCount, "request")}: ${listed(more > 0 ? [...named, `${more} more`] : named)}`;
  return paragraph(text, width, 0, "dim");
}

/** `0  primary  prepared  2 of 3 commits (0 2), lacks 1 3`. */
function replicaLines({ replicas }: Explanation, protocol: ProtocolName, width: number): readonly Line[] {
  const phases = SLOT_WORDS[protocol].phases;
  const stateWidth = Math.max(...replicas.map(({ state }) => stateText(state, protocol).length));
  const phaseWidth = Math.max(...replicas.map(({ phase }) => phases[phase].length));
  const used = INDENT + 2 + 2 + stateWidth + 2 + phaseWidth + 2;
  const differ = { views: several(replicas.map(({ view }) => view)), digests: several(replicas.map(({ digest }) => digest)) };
  return replicas.flatMap((each) => {
    const start = [
      span(`${" ".repeat(INDENT)}${fit(String(each.replica), 2, "right")}  `, "strong"),
      span(`${fit(stateText(each.state, protocol), stateWidth)}  `, stateTone(each.state)),
      span(`${fit(phases[each.phase], phaseWidth)}  `, each.phase === "executed" ? "good" : "plain"),
    ];
    const text = printable(detail(each, protocol, differ));
    const beside = width - used >= DETAIL_WIDTH_MIN || text === "";
    const indent = beside ? used : 2 * INDENT + 2;
    const rows = wrapped(text, Math.max(20, width - indent)).map((row) => [span(row)]);
    const [first = [], ...rest] = beside ? rows : [[], ...rows];
    return [[...start, ...first], ...rest.map((row) => [span(" ".repeat(indent)), ...row])];
  });
}

function several(values: readonly (string | number | null)[]): boolean {
  return new Set(values.filter((value) => value !== null)).size > 1;
}

function stateText(state: Standing["state"], protocol: ProtocolName): string {
  const words = wordsOf(protocol);
  if (state === "view-change") return words.viewChange;
  return state === "primary" ? words.primary : state === "backup" ? words.backup : state.replace("-", " ");
}

function stateTone(state: Standing["state"]): Tone {
  if (state === "primary" || state === "backup") return "plain";
  return state === "lying" ? "lying" : state === "down" ? "bad" : "warn";
}

/** What a replica's row says beside its phase. View and digest only where they differ between replicas. */
function detail(
  { state, votes, contrary, note, digest, view, phase }: Standing,
  protocol: ProtocolName,
  differ: { readonly views: boolean; readonly digests: boolean },
): string {
  const words = SLOT_WORDS[protocol];
  const have = votes === null || votes.have.length === 0 ? "" : ` (${idsText(votes.have)})`;
  const parts = [
    ...(votes === null
      ? []
      : [`${votes.have.length} of ${votes.needed} ${plural(words[votes.of])}${have}, lacks ${idsText(votes.missing)}`]),
    ...(differ.digests && digest !== null ? [`digest ${digest.slice(0, 8)}`] : []),
    ...(differ.views && view !== null && phase !== "executed" && state !== "view-change"
      ? [`${wordsOf(protocol).view} ${view}`]
      : []),
    ...(contrary.length === 0 ? [] : [`${replicasNamed(contrary)} voted otherwise`]),
    ...(note === "" ? [] : [note]),
  ];
  return parts.join(", ");
}

/** `0 2`, and many as `0 to 6 and 8`. */
function idsText(ids: readonly number[]): string {
  return ids.length > IDS_TOLD_ONE_BY_ONE ? replicasNamed(ids).replace(/^replicas /, "") : ids.join(" ");
}

/** The same refusal by several replicas. */
interface CommonRefusal extends Refusal {
  readonly by: number[];
}

function together(refusals: readonly Refusal[]): readonly CommonRefusal[] {
  const groups = new Map<string, CommonRefusal>();
  for (const refusal of refusals) {
    const key = `${refusal.from} ${refusal.message} ${refusal.reason}`;
    const before = groups.get(key);
    if (before === undefined) groups.set(key, { ...refusal, by: [refusal.replica] });
    else
      groups.set(key, {
        ...before,
        by: [...before.by, refusal.replica].sort((a, b) => a - b),
        count: before.count + refusal.count,
      });
  }
  return [...groups.values()];
}

function refusalText({ by, from, message, count, words, reason, section }: CommonRefusal): string {
  const times = count > by.length ? ` (${count} times)` : "";
  const what =
    message === null
      ? `${counted(count, "message")} over the connection of ${from} since it started`
      : `the ${message} of ${from}${times}`;
  return `${replicasNamed(by)} refused ${what}: ${words} (${reason}${section === null ? "" : `, ${section}`})`;
}

function nextText({ text, section, inMs }: Upcoming): string {
  const when = inMs === null ? "" : inMs === 0 ? "now: " : `in ${timeSpan(inMs)}: `;
  return `${when}${withSection({ text, section })}`;
}

/** What `bft explain --json` answers. Stable: fields are added, never changed. */
export function explainJson(dir: string, protocol: ProtocolName, explanation: Explanation) {
  return { dir, protocol, ...explanation };
}

/** 0: it could be explained. 1: nobody knows of it. */
export function explainExitCode({ known }: Explanation): 0 | 1 {
  return known ? 0 : 1;
}
