import { ClusterClient, type SubmitOutcome } from "@bft/replica";
import { CliError } from "../errors.js";

/** Submits each request, one after the other, and tells each outcome as it comes. True when the service accepted every operation. */
export async function submitAll(
  dir: string,
  requests: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  timeoutMs: number,
  onOutcome: (outcome: SubmitOutcome) => void,
): Promise<boolean> {
  const client = await ClusterClient.open(dir);
  try {
    let accepted = true;
    for await (const operations of requests) {
      const outcome = await client.submit(operations, { timeoutMs });
      onOutcome(outcome);
      accepted &&= outcome.results.every((result) => result.ok);
    }
    return accepted;
  } finally {
    await client.close();
  }
}

/** The lines of a stream as requests of one operation each; empty lines and lines that begin with # are left out. */
export async function* requestsOf(lines: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let any = false;
  for await (const line of lines) {
    const operation = line.trim();
    if (operation === "" || operation.startsWith("#")) continue;
    any = true;
    yield [operation];
  }
  if (!any) throw new CliError("nothing-to-submit", "the standard input has no operation; write one a line, such as: set x 1");
}
