import { readFile } from "node:fs/promises";
import { SERVICES, type Service } from "@bft/core";
import { type ClusterTrace, serviceOf } from "@bft/replica";
import { checkHistory, type History, historyOf, parseHistory, STEPS_MAX } from "@bft/sim";
import { CliError } from "../errors.js";
import { counted } from "../view/text.js";
import { type CheckLine, type CheckReport, line, orUnknown, reportOf } from "./check-report.js";
import type { TraceFindings } from "./check-trace.js";
import type { Cluster } from "./cluster.js";

const NAME = "linearizability";
const ENDED = "the histories have reached their bound: later requests are not checked; begin anew with: bft up --fresh";

/** Whether what the clients of a cluster were told is what one service, one request at a time, would have told them. */
export function checkClients(cluster: Cluster, { histories }: ClusterTrace, events: TraceFindings["history"]): CheckLine {
  if (events === null) return orUnknown(line(NAME, "nothing"), "the traces could not be read to their end");
  const history = historyOf(events);
  const { earlier, damage, ended } = histories;
  const checked = line(NAME, lookedAt(history));
  if (earlier.size > 0)
    return orUnknown(
      checked,
      `${counted(earlier.size, "request")} were made before this machine was started the last time, and the clock did not go on`,
    );
  if (damage.length > 0) return orUnknown(checked, `a client history can not be read on: ${damage[0]}`);
  const service = serviceOf(cluster.dir, cluster.config, () => undefined);
  return orUnknown(lineOf(history, service), ended ? ENDED : null);
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
