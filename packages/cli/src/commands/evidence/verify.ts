import path from "node:path";
import { Args, Flags } from "@oclif/core";
import { BftCommand } from "../../base-command.js";
import { Output } from "../../output.js";
import { verifyEvidence } from "../../services/evidence.js";
import { verdictLines } from "../../view/evidence.js";

export default class EvidenceVerify extends BftCommand {
  static override summary = "check a proof offline, with nothing but the cluster's public keys";
  static override description =
    `The keys are in cluster.json, which holds no secret: copy it with the proof to wherever it is to be checked.
With --json: {ok: true, accused, rule, view, seq, first, second}, or {ok: false, reason}.
Exit code 0: the accused is convicted. 1: the file proves nothing. 2: it can not be told, or nothing is signed in this cluster.`;
  static override examples = [
    "<%= config.bin %> evidence verify .bft/evidence/replica-0-two-pre-prepares-0123456789ab.json",
    "<%= config.bin %> evidence verify proof.json --cluster cluster.json",
  ];
  static override args = { file: Args.string({ required: true, description: "the proof" }) };
  static override flags = {
    cluster: Flags.string({
      summary: "the cluster's configuration (default: cluster.json in the folder of the cluster)",
      helpValue: "<file>",
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(EvidenceVerify);
    const output = new Output(flags.json);
    const { verdict, protocol } = verifyEvidence(args.file, flags.cluster ?? path.join(flags.dir, "cluster.json"));
    output.object(verdict);
    output.lines(verdictLines(verdict, protocol));
    if (!verdict.ok) this.exit(1);
  }
}
