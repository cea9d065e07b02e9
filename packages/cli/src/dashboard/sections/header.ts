import { glyphs } from "../../view/glyphs.js";
import { type Line, type Span, span, spread, type Tone } from "../../view/line.js";
import { compact } from "../../view/numbers.js";
import { wordsOf } from "../../view/protocol-words.js";
import { printable } from "../../view/text.js";
import type { ClusterModel } from "../../watch/model.js";
import { throughput } from "../../watch/throughput.js";
import { currentPrimary, currentView, type VerdictKind, verdictOf } from "../../watch/verdict.js";

/** Which cluster it is, and in which view. */
export function titleLine({ facts, replicas }: ClusterModel, columns: number): Line {
  const view = currentView(replicas);
  const primary = currentPrimary(replicas);
  const words = wordsOf(facts.protocol);
  const between = span(` ${glyphs.separator} `, "dim");
  const left: Line = [
    span(" bft ", "strong"),
    span(`${facts.protocol} ${printable(facts.service)}`, "plain"),
    between,
    span(`n = ${replicas.length}, f = ${facts.faults}, quorum ${facts.quorum}`),
    between,
    span(`${words.view} ${view ?? "–"}`, "strong"),
    span(primary === null ? "" : `, ${words.primary} ${primary.id}`),
    ...(facts.crypto === "noble" ? [between, span("crypto noble", "dim")] : []),
  ];
  return spread(left, [span(`${printable(facts.dir)} `, "dim")], columns);
}

const bars: Readonly<Record<VerdictKind, Tone>> = {
  agrees: "goodBar",
  serves: "goodBar",
  waits: "warnBar",
  stalled: "badBar",
  beyond: "badBar",
  diverged: "badBar",
};

/** Whether the cluster is worth anything now, why not, and how busy it is; `rates`: with what no other line says. */
export function verdictLine(cluster: ClusterModel, columns: number, rates: boolean): Line {
  const { kind, headline, why } = verdictOf(cluster);
  const left: Line = [span(` ${headline} `, bars[kind]), ...(why === null ? [] : [span(` ${printable(why)}`)])];
  return spread(left, [load(cluster, rates), span(" ")], columns);
}

function load({ replicas, executedTo }: ClusterModel, rates: boolean): Span {
  const messages = replicas.reduce((total, replica) => total + (replica.messagesPerSecond ?? 0), 0);
  const operations = rates ? [`${compact(throughput(replicas) ?? 0)} op/s`] : [];
  const words = [`executed ${executedTo}`, ...operations, `${compact(messages)} msg/s`];
  return span(words.join(` ${glyphs.separator} `), "dim");
}
