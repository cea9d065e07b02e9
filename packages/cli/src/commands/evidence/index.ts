import { BftCommand } from "../../base-command.js";
import { Output } from "../../output.js";
import { fromHere, gatherEvidence } from "../../services/evidence.js";
import { refuseUnsigned } from "../../services/unauthenticated.js";
import { evidenceLines } from "../../view/evidence.js";

export default class Evidence extends BftCommand {
  static override summary = "who lied, with proof: two signed messages that contradict each other";
  static override description =
    `Replicas keep a proof when they find one. This also holds against each other what all of them were told, as far as their recordings reach:
a liar that tells each its own story may be believed by each, and contradicts itself all the same. A proof is a file in the folder of the
cluster, that anybody can check; a correct replica can not be convicted. Works on a running cluster and on a stopped one.
With --json: {proofs: [{accused, rule, view, seq, first, second, file, foundAtMs}], messages, witnesses}.
Exit code 0, whether there is a proof or not; 2: nothing is signed in this cluster (bft up --auth none), so nothing can be proven.`;
  static override examples = [
    "<%= config.bin %> evidence",
    { command: "<%= config.bin %> evidence verify proof.json", description: "check a proof" },
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(Evidence);
    const cluster = await this.openCluster(flags.dir);
    const output = new Output(flags.json);
    refuseUnsigned(cluster.config, cluster.dir);
    const report = gatherEvidence(cluster);
    output.object(report);
    const proofs = report.proofs.map((proof) => ({ ...proof, file: fromHere(proof.file) }));
    output.lines(
      evidenceLines({ ...report, proofs }, cluster.config.protocol, process.stdout.isTTY ? process.stdout.columns : 120),
    );
  }
}
