import type { TraceEvent } from "@bft/core";
import { ClusterTrace } from "@bft/replica";
import { Checks, type Violation } from "@bft/sim";
import type { Judgement } from "@bft/sim/scenario";
import { checkClients } from "../check-history.js";
import { factsOf } from "../check-trace.js";
import type { Cluster } from "../cluster.js";

/** What the traces and histories of a cluster say, up to `until` by their clock. */
export function judgeTraces(cluster: Cluster, until: number): Pick<Judgement, "violations" | "linearizable" | "events"> {
  const trace = new ClusterTrace(cluster.dir, cluster.config, until);
  const checks = new Checks(factsOf(trace, cluster.config));
  const events: TraceEvent[] = [];
  const found: (Violation | null)[] = [];
  for (const event of trace.events()) {
    events.push(event);
    found.push(checks.observe(event));
  }
  found.push(checks.finish(events.at(-1)?.at ?? 0));
  const clients = checkClients(
    cluster,
    trace,
    events.filter(({ kind }) => kind === "invoked" || kind === "fell-back" || kind === "answered"),
  );
  const violations = found.filter((each) => each !== null);
  if (clients.verdict !== "violated") return { violations, linearizable: clients.verdict === "holds" ? true : null, events };
  const { name, why, replicas, seq } = clients;
  const violation = { checker: name, at: events.at(-1)?.at ?? 0, what: why ?? "no order explains the answers", replicas, seq };
  return { violations: [...violations, violation], linearizable: false, events };
}
