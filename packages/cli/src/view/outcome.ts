import type { OperationResult } from "@bft/core";
import type { SubmitOutcome } from "@bft/replica";
import { requestText } from "../services/explain/subject.js";
import { type Line, span, type Tone } from "./line.js";
import { timeSpan } from "./numbers.js";
import { trustsLeader, wordsOf } from "./protocol-words.js";
import { counted, printable, replicasNamed } from "./text.js";

/** What the service answered, as a person reads it. */
function resultText({ ok, value }: OperationResult): string {
  if (!ok) return `refused: ${printable(value ?? "no reason given")}`;
  return value === null ? "(no value)" : printable(value);
}

function resultTone({ ok, value }: OperationResult): Tone {
  return !ok ? "bad" : value === null ? "dim" : "strong";
}

/** One request's outcome in one sentence, for the event feed. */
export function outcomeSentence(
  { operations, results, seq, agreed, disagreed, latencyMs }: SubmitOutcome,
  protocol: string,
): string {
  const answers = results.map((result, index) => `${operations[index]} → ${resultText(result)}`).join("; ");
  const against = disagreed.length > 0 ? `, ${counted(disagreed.length, "replica")} answered otherwise` : "";
  const by = trustsLeader(protocol) ? `from ${replicasNamed(agreed)}` : `${agreed.length} alike`;
  return `${answers}  (slot ${seq}, ${by}${against}, ${timeSpan(latencyMs)})`;
}

/**
 * One request's outcome as the rows that `bft submit` prints.
 * @param protocol of the cluster: where one answer is believed, nobody else answers
 */
export function outcomeLines(outcome: SubmitOutcome, protocol: string): readonly Line[] {
  const { operations, results, seq, view, client, timestamp, agreed, disagreed, silent, latencyMs } = outcome;
  const words = wordsOf(protocol);
  const rows: Line[] = results.map((result, index) => [
    span(label("result"), "dim"),
    span(resultText(result), resultTone(result)),
    ...(operations.length > 1 ? [span(`   ${printable(operations[index] ?? "")}`, "dim")] : []),
  ]);
  rows.push([span(label("slot"), "dim"), span(`${words.seq} ${seq}, ${words.view} ${view}`)]);
  rows.push([span(label("request"), "dim"), span(requestText({ client, timestamp }))]);
  if (trustsLeader(protocol)) rows.push([span(label("from"), "dim"), span(`${replicasNamed(agreed)}, believed`, "good")]);
  else rows.push([span(label("alike"), "dim"), span(agreed.length === 0 ? "none" : replicasNamed(agreed), "good")]);
  for (const { replica, results: theirs } of disagreed) {
    rows.push([
      span(label("differs"), "dim"),
      span(`replica ${replica} answered: ${theirs.map(resultText).join("; ")}`, "lying"),
    ]);
  }
  if (silent.length > 0)
    rows.push([span(label("silent"), "dim"), span(`${replicasNamed(silent)} had not answered by then`, "warn")]);
  rows.push([span(label("latency"), "dim"), span(timeSpan(latencyMs))]);
  return rows;
}

function label(text: string): string {
  return `${text.padEnd(8)} `;
}
