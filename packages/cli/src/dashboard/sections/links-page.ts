import { glyphs } from "../../view/glyphs.js";
import { type Line, type Span, span } from "../../view/line.js";
import { idSpans, stateGlyph } from "../../view/replica-cells.js";
import { fit, listed, shorten } from "../../view/text.js";
import { type Convictions, convictionsOf } from "../../watch/convicted.js";
import type { ClusterModel, Observation } from "../../watch/model.js";
import type { DashboardState } from "../state.js";
import { type LinkLook, linkLook, linkText } from "./link-words.js";

/** Mark, sign, id and its sign before the first cell. */
const HEAD = 9;
/** A sign, a space, the longest word and a gap. */
const WIDE = 7;
const NARROW = 3;

/** Which replica reaches which, and what is wrong with which link; as many rows as that takes. */
export function linksPageLines(state: DashboardState, columns: number): Line[] {
  const { cluster, selected } = state;
  const { replicas } = cluster;
  const convictions = convictionsOf(replicas);
  const cell = HEAD + replicas.length * WIDE <= columns ? WIDE : NARROW;
  return [
    headLine(cluster, cell),
    ...replicas.map((from) => rowLine(from, cluster, convictions, from.id === selected, cell)),
    [],
    ...(cell === NARROW || replicas.some(isFaulty) ? [legendLine(cell), []] : []),
    ...selectedLines(replicas[selected], columns),
    ...otherLines(replicas, selected, columns),
  ];
}

function headLine({ replicas }: ClusterModel, cell: number): Line {
  const ids = replicas.map(({ id }) => fit(`${cell === WIDE ? "to " : ""}${id}`, cell));
  return [span(fit("  from", HEAD) + ids.join(""), "dim")];
}

function rowLine(from: Observation, { replicas }: ClusterModel, convictions: Convictions, chosen: boolean, cell: number): Line {
  const cells = replicas.map((to): Span => {
    if (to.id === from.id) return span(fit(" ", cell), "dim");
    const link = from.status?.links.find(({ replica }) => replica === to.id);
    if (link === undefined) return span(fit("–", cell), "dim");
    const look = linkLook(link);
    return span(fit(textOf(look, cell), cell), from.answers ? look.tone : "dim");
  });
  return [
    span(chosen ? glyphs.chosen : " ", "strong"),
    span(" "),
    stateGlyph(from),
    span(" "),
    ...idSpans(from.id, convictions),
    span("  "),
    ...cells,
  ];
}

function textOf({ sign, word }: LinkLook, cell: number): string {
  return cell === WIDE ? `${sign} ${word}` : sign;
}

function isFaulty({ status }: Observation): boolean {
  return status?.links.some(({ fault }) => fault !== null) ?? false;
}

/** What the signs mean where there is no room for words, and what the short words do. */
function legendLine(cell: number): Line {
  const { on, down, cut, busy } = glyphs;
  if (cell === NARROW) return [span(` ${on} up  ${down} down  ${cut} cut  ${busy} late, lossy, doubled or out of order`, "dim")];
  return [span(" late: delayed  drop: lossy  dup: doubled  swap: out of order  bad: several of these", "dim")];
}

/** Each link of the selected replica in words. */
function selectedLines(from: Observation | undefined, columns: number): Line[] {
  if (from === undefined) return [];
  const head: Line = [
    span(` what replica ${from.id} sends`, "strong"),
    span("  and what happened to it since it started", "dim"),
  ];
  if (from.status === null) return [head, [span("   nothing is known: it says nothing", "dim")]];
  const sound = from.status.links.filter((link) => link.connected && link.fault === null && linkText(link).done === "");
  const up: Line[] =
    sound.length === 0 ? [] : [[span(`   ${glyphs.on} up to ${listed(sound.map(({ replica }) => replica))}`, "good")]];
  const others = from.status.links.filter((link) => !sound.includes(link));
  return [head, ...others.map((link) => detailLine("   ", link, columns)), ...up];
}

/** The faulty links of all others. */
function otherLines(replicas: readonly Observation[], selected: number, columns: number): Line[] {
  const faulty = replicas
    .filter(({ id }) => id !== selected)
    .flatMap(({ id, status }) => (status?.links ?? []).filter(({ fault }) => fault !== null).map((link) => ({ id, link })));
  if (faulty.length === 0) return [];
  return [
    [],
    [span(" faults of the others", "strong"), span("  undo them all with: bft heal", "dim")],
    ...faulty.map(({ id, link }) => detailLine(`   ${String(id).padStart(2)} `, link, columns)),
  ];
}

function detailLine(from: string, link: Parameters<typeof linkText>[0], columns: number): Line {
  const { text, done, tone } = linkText(link);
  const to = `${from}to ${String(link.replica).padStart(2)}  `;
  const happened = shorten(done === "" ? "" : `  ${done}`, Math.max(0, columns - to.length - text.length));
  return [span(to), span(text, tone), span(happened, "dim")];
}
