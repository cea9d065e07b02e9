import { Args } from "@oclif/core";
import { BftCommand } from "../base-command.js";
import { Output } from "../output.js";
import { explainIn } from "../services/explain/explain-cluster.js";
import { subjectOf } from "../services/explain/subject.js";
import { explainExitCode, explainJson, explainLines } from "../view/explain.js";
import { span } from "../view/line.js";

export default class Explain extends BftCommand {
  static override summary = "explain where a sequence number or a request stands, and what it waits for";
  static override description =
    `How it stands with it on each replica, whose votes are missing and why, which messages were refused, and what the timers will do
next, each with the section of the paper that has the rule. Nothing is submitted and nothing changes. What is no longer in the
replicas' logs is looked up in their traces. docs/explain.md tells how to read it, and what each reason for a refusal means.
A request is named as bft submit names it: client:timestamp.
With --json: {dir, protocol, subject, kind, known, verdict: {text, section}, seq, requests, requestCount, replicas: [{replica, state, phase, view, digest,
votes, contrary, note}], causes: [{text, section}], refusals: [{replica, from, message, reason, count, kind, words, section}],
next: [{replicas, inMs, text, section}], advice, chart, notes}.
Exit code 0: it could be explained, also when it is stuck. 1: no replica and no trace knows of it.`;
  static override examples = [
    { command: "<%= config.bin %> explain", description: "is something stuck, and why?" },
    { command: "<%= config.bin %> explain 12", description: "where is sequence number 12?" },
    { command: "<%= config.bin %> explain 0:1760000000000000", description: "what became of this request?" },
    "<%= config.bin %> explain 12 --json",
  ];
  static override args = {
    subject: Args.string({
      description:
        "a sequence number, such as 12, or a request as bft submit names it, such as 0:1760000000000000; without it: the request that has waited longest, or else the newest number",
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Explain);
    const subject = args.subject === undefined ? null : subjectOf(args.subject);
    const cluster = await this.openCluster(flags.dir);
    const output = new Output(flags.json);
    const explanation = await explainIn(cluster, subject, (doing) => {
      // For a person who waits.
      if (process.stderr.isTTY) output.note(span(`${doing} ...`, "dim"));
    });
    const { protocol } = cluster.config;
    output.object(explainJson(cluster.dir, protocol, explanation));
    output.lines(explainLines(explanation, protocol, process.stdout.isTTY ? process.stdout.columns : 80));
    const exitCode = explainExitCode(explanation);
    if (exitCode !== 0) this.exit(exitCode);
  }
}
