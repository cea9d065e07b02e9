import { wordsOf } from "../view/protocol-words.js";
import { counted } from "../view/text.js";
import { type Chart, type ChartMessage, isLate, type Lane, type Mark } from "./chart.js";

/** What a replica is in its chart: `primary`, how it lies, both; null when there is nothing to say. */
export function roleOf({ protocol }: Pick<Chart, "protocol">, { role, primary, behaviour }: Lane): string | null {
  if (role === "client") return behaviour === null ? null : `lies: ${behaviour}`;
  const words = [...(primary ? [wordsOf(protocol).primary] : []), ...(behaviour === null ? [] : [`lies: ${behaviour}`])];
  return words.length === 0 ? null : words.join(", ");
}

export function laneSentence(chart: Chart, lane: Lane): string {
  const role = roleOf(chart, lane);
  return role === null ? lane.name : `${lane.name}, ${role}`;
}

/** `prepare 12 from replica 1 to replica 2: taken`. */
export function messageSentence(chart: Chart, message: ChartMessage): string {
  const { from, to, seq, view, detail, lying } = message;
  const about = [
    message.label,
    ...(seq === null ? [] : [`${seq}`]),
    `from ${chart.lanes[from]?.name} to ${chart.lanes[to]?.name}`,
    ...(view === null ? [] : [`in ${wordsOf(chart.protocol).view} ${view}`]),
    ...(detail === null ? [] : [`(${detail})`]),
  ].join(" ");
  return `${about}: ${fateText(message)}${lying ? "; a lie" : ""}`;
}

export function fateText(message: ChartMessage): string {
  const { fate, because, arrivedRow } = message;
  const why = because === null ? "" : `, ${because}`;
  switch (fate) {
    case "taken":
      return "taken";
    case "dropped":
      return isLate(message) ? `came late${why}` : `refused${why}`;
    case "lost":
      return `lost${why}`;
    case "unknown":
      return arrivedRow === null ? `not told what became of it${why}` : "sent before the client was answered";
  }
}

export function markSentence({ lanes }: Chart, { lane, text }: Mark): string {
  return lane === null ? text : `${lanes[lane]?.name} ${text}`;
}

/** The chart in a few sentences, for who can not see it. */
export function chartSummary(chart: Chart): string {
  const { lanes, messages, bands, title } = chart;
  const lost = messages.filter(({ fate }) => fate === "lost").length;
  const lies = messages.filter(({ lying }) => lying).length;
  const phases = [...new Set(bands.map(({ name }) => name))];
  const liars = lanes.filter(({ behaviour }) => behaviour !== null).map(({ name, behaviour }) => `${name} lies (${behaviour})`);
  return [
    `${title}: ${counted(messages.length, "message")} between ${lanes.map(({ name }) => name).join(", ")}.`,
    `Phases: ${phases.join(", ")}.`,
    ...(lost === 0 ? [] : [`${counted(lost, "message")} lost.`]),
    ...(lies === 0 ? [] : [`${counted(lies, "lie")}.`]),
    ...liars.map((each) => `${each}.`),
  ].join(" ");
}
