import type { ProtocolName } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import type { BehaviourInfo } from "@bft/sim/byzantine";
import type { Group } from "./behaviour-groups.js";
import { type Line, span } from "./line.js";
import { counted, fit, listed, replicasNamed, wrapped } from "./text.js";

/** All behaviours under the titles of their groups, for a terminal of `columns`. */
export function behaviourLines(
  groups: readonly Group<BehaviourInfo>[],
  columns: number,
  protocol: ProtocolName,
): readonly Line[] {
  const width = Math.max(0, ...groups.flatMap(({ behaviours }) => behaviours.map(({ name }) => name.length)));
  return groups.flatMap(({ title, behaviours }, index) => [
    ...(index === 0 ? [] : [[]]),
    [span(title, "strong")],
    ...behaviours.flatMap((behaviour) => entryLines(behaviour, width, columns, holdsWord(protocol, behaviour))),
  ]);
}

/** What a behaviour's `holds` tells: where lies are not tolerated, it is what they break. Lies of clients all protocols survive. */
function holdsWord(protocol: ProtocolName, { group }: Pick<BehaviourInfo, "group">): "must hold" | "breaks" {
  return protocolNamed(protocol).toleratesLies || group === "clients" ? "must hold" : "breaks";
}

function entryLines({ name, summary, holds }: BehaviourInfo, width: number, columns: number, word: string): readonly Line[] {
  const room = Math.max(20, columns - width - 4);
  const indent = span(" ".repeat(width + 4));
  return [
    ...wrapped(summary, room).map(
      (text, row): Line => [row === 0 ? span(`  ${fit(name, width)}  `, "lying") : indent, span(text)],
    ),
    ...wrapped(`${word}: ${holds}`, room).map((text): Line => [indent, span(text, "dim")]),
  ];
}

/** What to say when replicas begin to lie. */
export function lieLines(
  replicas: readonly number[],
  behaviour: BehaviourInfo,
  undo: string,
  protocol: ProtocolName,
): readonly Line[] {
  const { name, summary, holds } = behaviour;
  const [lie, it] = replicas.length === 1 ? ["lies", "it"] : ["lie by a shared plan", "each"];
  return [
    [span(`${replicasNamed(replicas)} ${lie} from now on: `), span(name, "lying")],
    [span(`  ${it.padEnd(9)}  `, "dim"), span(summary)],
    [span(`  ${holdsWord(protocol, behaviour).padEnd(9)}  `, "dim"), span(holds)],
    [span("  undo       ", "dim"), span(undo)],
  ];
}

export function honestLines(replicas: readonly number[]): readonly Line[] {
  return [[span(`${replicasNamed(replicas)} ${replicas.length === 1 ? "is" : "are"} honest again`)]];
}

/** The warning that is due when more replicas lie than the cluster is made for, or null. */
export function tooManyLiars(liars: readonly number[], faults: number, protocol: ProtocolName): string | null {
  const { title, toleratesLies } = protocolNamed(protocol);
  if (!toleratesLies && liars.length > 0)
    return `${title} tolerates replicas that stop, not one that lies (now ${listed(liars)}): safety may break`;
  if (liars.length <= faults) return null;
  return `${counted(liars.length, "replica")} lie now (${listed(liars)}), more than f = ${faults}: safety may break`;
}
