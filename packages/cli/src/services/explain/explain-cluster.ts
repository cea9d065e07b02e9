import type { RequestName } from "@bft/core";
import { CliError } from "../../errors.js";
import { isHonest, type Observation } from "../../watch/model.js";
import { type Cluster, dirFlag } from "../cluster.js";
import { lookAt } from "../status.js";
import { explainSlot } from "./explain.js";
import type { Explanation } from "./explanation.js";
import { explainFacts } from "./facts.js";
import { readTrace } from "./read-trace.js";
import { type Subject, sameRequest } from "./subject.js";
import { noTrace } from "./trace-facts.js";

/** A client that waited in vain is kept for so long at the most. */
const SHORT_MS = 1_000;

/**
 * Asks the replicas, reads the traces and explains. `onStep` is told what is done now, as it may take a while.
 * @param asked null: what has waited longest, or what is newest
 * @throws CliError when nothing is asked about and nothing is there
 */
export async function explainIn(cluster: Cluster, asked: Subject | null, onStep: (doing: string) => void): Promise<Explanation> {
  onStep("asking the replicas");
  const { replicas } = await lookAt(cluster);
  const subject = asked ?? subjectNow(replicas);
  if (subject === null)
    throw new CliError(
      "nothing-to-explain",
      `no request waits and nothing was ordered yet; begin with: bft submit${dirFlag(cluster.dir)} "set x 1"`,
    );
  onStep("reading the traces");
  const trace = readTrace(cluster, subject, subject.kind === "seq" ? subject.seq : shownSeq(replicas, subject));
  return explainSlot(explainFacts(cluster), subject, replicas, trace);
}

/** The request that has waited longest at a replica that does not lie, or else the newest number that one has used; null without any. */
export function subjectNow(replicas: readonly Observation[]): Subject | null {
  const machines = replicas.filter(isHonest).flatMap(({ status }) => (status === null ? [] : [status.machine]));
  const [oldest] = machines.flatMap(({ waiting }) => waiting.slice(0, 1));
  if (oldest !== undefined) return { kind: "request", ...oldest };
  const seq = Math.max(0, ...machines.flatMap(({ lastExecuted, slots }) => [lastExecuted, ...slots.map((slot) => slot.seq)]));
  return seq === 0 ? null : { kind: "seq", seq };
}

/**
 * Why a request was not answered in time, by what the replicas say now; null when they can not be asked soon enough. Never throws:
 * it comes on top of an error that must be told in any case.
 */
export async function explainUnanswered(cluster: Cluster, request: RequestName): Promise<Explanation | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), SHORT_MS);
  });
  try {
    const seen = await Promise.race([lookAt(cluster), late]);
    if (seen === null) return null;
    // That it was handed in is known without a history.
    const trace = { ...noTrace(""), gap: null, invokedAt: 0 };
    return explainSlot(explainFacts(cluster), { kind: "request", ...request }, seen.replicas, trace);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** The number under which a replica shows a request now. */
function shownSeq(replicas: readonly Observation[], request: RequestName): number | null {
  for (const { status } of replicas)
    for (const slot of status?.machine.slots ?? []) if (slot.contains.some((each) => sameRequest(each, request))) return slot.seq;
  return null;
}
