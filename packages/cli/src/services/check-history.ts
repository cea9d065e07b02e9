import { readFile } from "node:fs/promises";
import { SERVICES, type Service, type TraceEvent } from "@bft/core";
import { type ClusterConfig, type ClusterTrace, serviceOf } from "@bft/replica";
import { checkHistory, type History, historyOf, parseHistory, STEPS_MAX } from "@bft/sim";
import { CliError } from "../errors.js";
import { counted } from "../view/text.js";
import { type CheckLine, type CheckReport, line, orUnknown, reportOf } from "./check-report.js";

const NAME = "linearizability";

/** Whether what the clients of a cluster were told is what one service, one request at a time, would have told them. */
export function checkClients(dir: string, config: ClusterConfig, trace: ClusterTrace, events: readonly TraceEvent[]): CheckLine {
  const history = historyOf(events);
  const missing = missingIn(trace);
  const begins = trace.histories.earlier.size === 0 && (trace.histories.damage.length === 0 || trace.isWhole);
  if (!begins) return orUnknown(line(NAME, lookedAt(history)), missing);
  const service = serviceOf(dir, config, () => undefined);
  return orUnknown(lineOf(history, service), missing);
}

/**
 * Checks a history in a file (docs/history-format.md), without any cluster.
 * @throws CliError when it can not be read, is none, or names a service that does not come with bft.
 */
export async function checkHistoryFile(path: string): Promise<CheckReport> {
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new CliError("no-history", `${path} can not be read: ${error.message}`, 2);
  });
  const parsed = parseHistory(text);
  if (!parsed.ok) throw new CliError("bad-history", `${path} is not a history: ${parsed.error}`, 2);
  const { history, service: name } = parsed.file;
  const service = SERVICES.get(name);
  if (service === undefined) {
    const known = [...SERVICES.keys()].join(", ");
    throw new CliError(
      "bad-history",
      `${path} is of a service "${name}"; only those that come with bft can be checked: ${known}`,
      2,
    );
  }
  return reportOf([lineOf(history, service)], []);
}

function lineOf(history: History, service: Service): CheckLine {
  const checked = line(NAME, lookedAt(history));
  const result = checkHistory(history, { service, budget: STEPS_MAX });
  switch (result.verdict) {
    case "linearizable":
      return checked;
    case "violated":
      return { ...checked, verdict: "violated", why: result.explanation };
    case "unknown":
      return orUnknown(checked, `no order was found for ${result.part} within ${result.steps} steps, nor that there is none`);
  }
}

function lookedAt(history: History): string {
  const clients = new Set(history.map(({ client }) => client)).size;
  const open = history.filter(({ returned }) => returned === null).length;
  const unanswered = open === 0 ? "" : `, ${open} of them without a known answer`;
  return `${counted(history.length, "request")} of ${counted(clients, "client")}${unanswered}`;
}

/** What the histories do not tell, in one sentence; null when they tell everything. */
function missingIn({ histories }: ClusterTrace): string | null {
  const { earlier, damage, ended } = histories;
  if (earlier.size > 0)
    return `the clients of ${counted(earlier.size, "request")} wrote before this machine was started the last time, and their clock does not go on`;
  if (damage.length > 0) return `a client history can not be read on: ${damage[0]}`;
  if (ended) return "the histories have reached their bound: later requests are not checked; begin anew with: bft up --fresh";
  return null;
}
