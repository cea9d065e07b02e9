import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { protocolNamed } from "@bft/core/protocols";
import { ClusterClient, type SubmitOptions, type SubmitOutcome } from "@bft/replica";
import { CliError } from "../errors.js";
import { type Cluster, dirFlag } from "./cluster.js";
import { runningReplicas } from "./up.js";

/** Submits each request, one after the other, and tells each outcome as it comes. True when the service accepted every operation. */
export async function submitAll(
  dir: string,
  requests: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  options: SubmitOptions,
  onOutcome: (outcome: SubmitOutcome) => void,
): Promise<boolean> {
  const client = await ClusterClient.open(dir);
  try {
    let accepted = true;
    for await (const operations of requests) {
      const outcome = await client.submit(operations, options);
      onOutcome(outcome);
      accepted &&= outcome.results.every((result) => result.ok);
    }
    return accepted;
  } finally {
    await client.close();
  }
}

/**
 * What to warn of before a request is sent: too few replicas run, so it will wait for one more. Null when enough do.
 * @throws CliError when none runs: nobody would ever answer.
 */
export async function tooFewRun({ dir, config }: Cluster): Promise<string | null> {
  const running = (await runningReplicas(dir, config)).length;
  const { length } = config.replicas;
  if (running === 0)
    throw new CliError("not-running", `the cluster in ${dir} does not run; start it with: bft up${dirFlag(dir)}`);
  const needed = protocolNamed(config.protocol).quorums(length, config.faults).quorum;
  return running >= needed ? null : `${running} of ${length} replicas run and ${needed} are needed: waiting for one more ...`;
}

/** The lines of a stream as requests of one operation each; empty lines and lines that begin with # are left out. */
export async function* requestsOf(input: Readable): AsyncGenerator<readonly string[]> {
  let any = false;
  // Made here and not before: it reads at once, and what it reads before it is iterated is lost.
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const operation = line.trim();
    if (operation === "" || operation.startsWith("#")) continue;
    any = true;
    yield [operation];
  }
  if (!any) throw new CliError("nothing-to-submit", "the standard input has no operation; write one a line, such as: set x 1");
}
