import { NoQuorumError } from "@bft/replica";
import { Args, Flags } from "@oclif/core";
import { BftCommand } from "../base-command.js";
import { misuse } from "../errors.js";
import { durationFlag } from "../flags.js";
import { Output } from "../output.js";
import type { Cluster } from "../services/cluster.js";
import { explainUnanswered } from "../services/explain/explain-cluster.js";
import { requestsOf, submitAll, tooFewRun } from "../services/submit.js";
import { noteUnauthenticated } from "../services/unauthenticated.js";
import { explainJson, shortLines } from "../view/explain.js";
import { span } from "../view/line.js";
import { outcomeLines } from "../view/outcome.js";

export default class Submit extends BftCommand {
  static override summary = "submit operations as a client and wait for the answer of the cluster";
  static override description =
    `Several operations are one request: they are executed one after the other, with nothing in between. - reads operations from the
standard input, one a line, each a request of its own. In PBFT an answer counts when f+1 replicas give the same one; the clients of
Multi-Paxos and Raft believe the leader.
With --json an object for each request: {operations, results: [{ok, value}], seq, view, client, timestamp, agreed, disagreed, silent,
latencyMs}; client:timestamp is the name of the request for bft explain. A request that was not answered in time ends it with
{error: {code, message, explanation}}, the explanation being that of bft explain --json, or null.
Exit code 1: the service refused an operation, or too few replicas answered.`;
  static override examples = [
    '<%= config.bin %> submit "set x 1"',
    '<%= config.bin %> submit "get x" --quiet',
    '<%= config.bin %> submit "set x 1" "set y 2"',
    "cat operations.txt | <%= config.bin %> submit -",
  ];
  static override args = {
    operation: Args.string({ required: true, multiple: true, description: 'what the service is to do, such as "set x 1"' }),
  };
  static override flags = {
    timeout: durationFlag({ summary: "how long to wait for the answers", default: 10_000, defaultHelp: async () => "10s" }),
    read: Flags.boolean({
      char: "r",
      summary: "the operations change nothing: in a cluster started with --reads fast they are answered without being ordered",
    }),
    quiet: Flags.boolean({ char: "q", summary: "print the results alone, one a line" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Submit);
    const operations = [args.operation].flat();
    const fromInput = operations.length === 1 && operations[0] === "-";
    if (!fromInput && operations.some((operation) => operation.trim() === ""))
      throw misuse('an operation is empty; write one such as: bft submit "set x 1"');
    const cluster = await this.openCluster(flags.dir);
    const output = new Output(flags.json);
    if (!flags.quiet) noteUnauthenticated(output, cluster.config);
    const warning = await tooFewRun(cluster);
    // For a person who waits; a program reads the error that may follow, and nothing else.
    if (warning !== null && process.stderr.isTTY) output.note(span(warning, "warn"));
    const requests = fromInput ? requestsOf(process.stdin) : [operations];
    let first = true;
    const accepted = await submitAll(cluster.dir, requests, { timeoutMs: flags.timeout, readOnly: flags.read }, (outcome) => {
      output.object(outcome);
      if (flags.quiet) output.lines(outcome.results.map(({ value }) => [span(value ?? "")]));
      else output.lines([...(first ? [] : [[]]), ...outcomeLines(outcome, cluster.config.protocol)]);
      first = false;
    }).catch((error: unknown) => this.#unanswered(error, cluster, output));
    if (!accepted) this.exit(1);
  }

  /** Nobody answered in time: says so, and how it stands with the request. */
  async #unanswered(error: unknown, cluster: Cluster, output: Output): Promise<never> {
    if (!(error instanceof NoQuorumError)) throw error;
    const { code, message, client, timestamp } = error;
    const explanation = await explainUnanswered(cluster, { client, timestamp });
    const { dir, config } = cluster;
    const json = explanation === null ? null : explainJson(dir, config.protocol, explanation);
    output.object({ error: { code, message, explanation: json } });
    if (!output.json) {
      output.note(span(`error: ${message}`));
      for (const line of explanation === null ? [] : shortLines(explanation)) output.note(span(`  ${line}`));
    }
    this.exit(1);
  }
}
