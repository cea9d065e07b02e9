import type { BenchReport } from "../../services/bench/run.js";
import { type Line, span } from "../line.js";
import { compact, timeSpan } from "../numbers.js";
import { titleOf } from "../protocol-words.js";
import { counted, fit, printable, replicasNamed, wrapped } from "../text.js";
import { authWarning } from "../unauthenticated.js";
import { plotLines } from "./plot.js";

const LABEL = 18;

/** What a benchmark found, for people. */
export function benchLines(report: BenchReport, columns: number): Line[] {
  const { clients, limit, faults, neverSent } = report;
  return [
    ...authWarning(report.cluster, columns),
    ...wrapped(whatWasRun(report), columns).map((text): Line => [span(text, "dim")]),
    [],
    ...plotLines(clients.timeline, faults, columns),
    [],
    row("throughput", `${exact(clients.operationsPerSecond)} operations a second`, "strong"),
    ...latency(report),
    ...perOperation(report),
    ...batches(report),
    ...failures(report),
    ...faults.flatMap(({ text, failed }) => (failed === null ? [] : [row("not done", `${text}: ${printable(failed)}`, "warn")])),
    ...(neverSent > 0
      ? [row("never sent", `${counted(neverSent, "request")} that were due: nobody was free to send them`, "warn")]
      : []),
    [],
    ...wrapped(limit.sentence, columns).map((text): Line => [span(text, limit.limit === "nothing-answered" ? "bad" : "good")]),
  ];
}

/** For which signatures the figures hold, where they are not the usual ones. */
export function signedWords({ auth, crypto }: BenchReport["cluster"]): string {
  if (auth === "none") return ", NOT AUTHENTICATED";
  return crypto === "noble" ? ", signatures by noble" : "";
}

function whatWasRun({ plan, cluster, clients }: BenchReport): string {
  const { ratePerSecond, operationsPerRequest, readShare, valueBytes, keys, distribution } = plan;
  const loop =
    ratePerSecond === null
      ? "each waiting for its answer (closed loop)"
      : `${exact(ratePerSecond)} requests a second (open loop)`;
  const reads = readShare === 0 ? "writes" : `${Math.round(readShare * 100)} % ${plan.fastReads ? "fast " : ""}reads`;
  const load = `${counted(plan.clients, "client")}, ${loop}, ${counted(operationsPerRequest, "operation")} a request, ${reads}`;
  const data = cluster.service === "kv" ? `, values of ${valueBytes} bytes under ${exact(keys)} keys (${distribution})` : "";
  const traced = cluster.trace === "off" ? ", not traced" : "";
  const signed = signedWords(cluster);
  return `${titleOf(cluster.protocol)}, n = ${cluster.replicas}, f = ${cluster.faults}, service ${cluster.service}, ${cluster.durability}${traced}${signed}: ${load}${data}; measured for ${timeSpan(clients.seconds * 1000)}`;
}

function latency({ clients: { latencyMs }, plan }: BenchReport): Line[] {
  if (latencyMs === null) return [];
  const { p50, p90, p99, p999, max } = latencyMs;
  const from = plan.ratePerSecond === null ? "" : "  (from when each was due)";
  return [
    row(
      "latency",
      `median ${timeSpan(p50)}   90 % ${timeSpan(p90)}   99 % ${timeSpan(p99)}   99.9 % ${timeSpan(p999)}   longest ${timeSpan(max)}${from}`,
    ),
  ];
}

function perOperation({ perOperation: each, replicas }: BenchReport): Line[] {
  if (each === null) return [];
  const { messages, bytes, signed, verified, cpuMs } = each;
  return [
    row(
      "per operation",
      `${figure(messages)} messages, ${compact(bytes)} bytes, ${figure(signed)} signatures made, ${figure(verified)} checked`,
    ),
    row(
      "processor",
      `${figure(cpuMs * 1000)} µs an operation and replica   (all of ${replicasNamed(replicas.map(({ replica }) => replica))})`,
    ),
  ];
}

function batches({ operationsPerBatch }: BenchReport): Line[] {
  return operationsPerBatch === null ? [] : [row("batches", `${figure(operationsPerBatch)} operations each`)];
}

function failures({ clients: { refused, unanswered } }: BenchReport): Line[] {
  return [
    ...(refused > 0 ? [row("refused", `${counted(refused, "operation")} by the service`, "warn")] : []),
    ...(unanswered > 0 ? [row("unanswered", counted(unanswered, "request"), "warn")] : []),
  ];
}

function row(label: string, text: string, tone: "plain" | "strong" | "warn" = "plain"): Line {
  return [span(fit(label, LABEL), "dim"), span(text, tone)];
}

function exact(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Three significant digits. */
function figure(value: number): string {
  return value >= 100 ? exact(value) : String(Number(value.toPrecision(3)));
}
