import type { BehaviourInfo } from "@bft/sim/byzantine";
import type { Group } from "./behaviour-groups.js";
import { type Line, span } from "./line.js";
import { counted, fit, listed, replicasNamed, wrapped } from "./text.js";

/** All behaviours under the titles of their groups, for a terminal of `columns`. */
export function behaviourLines(groups: readonly Group<BehaviourInfo>[], columns: number): readonly Line[] {
  const width = Math.max(0, ...groups.flatMap(({ behaviours }) => behaviours.map(({ name }) => name.length)));
  return groups.flatMap(({ title, behaviours }, index) => [
    ...(index === 0 ? [] : [[]]),
    [span(title, "strong")],
    ...behaviours.flatMap((behaviour) => entryLines(behaviour, width, columns)),
  ]);
}

function entryLines({ name, summary, holds }: BehaviourInfo, width: number, columns: number): readonly Line[] {
  const room = Math.max(20, columns - width - 4);
  const indent = span(" ".repeat(width + 4));
  return [
    ...wrapped(summary, room).map(
      (text, row): Line => [row === 0 ? span(`  ${fit(name, width)}  `, "lying") : indent, span(text)],
    ),
    ...wrapped(`must hold: ${holds}`, room).map((text): Line => [indent, span(text, "dim")]),
  ];
}

/** What to say when replicas begin to lie. */
export function lieLines(replicas: readonly number[], { name, summary, holds }: BehaviourInfo, undo: string): readonly Line[] {
  const [lie, it] = replicas.length === 1 ? ["lies", "it"] : ["lie by a shared plan", "each"];
  return [
    [span(`${replicasNamed(replicas)} ${lie} from now on: `), span(name, "lying")],
    [span(`  ${it.padEnd(9)}  `, "dim"), span(summary)],
    [span("  must hold  ", "dim"), span(holds)],
    [span("  undo       ", "dim"), span(undo)],
  ];
}

export function honestLines(replicas: readonly number[]): readonly Line[] {
  return [[span(`${replicasNamed(replicas)} ${replicas.length === 1 ? "is" : "are"} honest again`)]];
}

/** The warning that is due when more replicas lie than the cluster is made for, or null. */
export function tooManyLiars(liars: readonly number[], faults: number): string | null {
  if (liars.length <= faults) return null;
  return `${counted(liars.length, "replica")} lie now (${listed(liars)}), more than f = ${faults}: safety may break`;
}
