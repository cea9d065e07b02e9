import path from "node:path";
import { Command, Flags } from "@oclif/core";
import { type Cluster, openCluster } from "./services/cluster.js";

/** What all commands have in common: which cluster, and how to answer. Errors are put into words in `main.ts`. */
export abstract class BftCommand extends Command {
  static override baseFlags = {
    dir: Flags.string({
      summary: "folder of the cluster",
      env: "BFT_DIR",
      default: ".bft",
      helpValue: "<folder>",
      helpGroup: "GLOBAL",
    }),
    json: Flags.boolean({
      summary: "answer as JSON, one object on one line; errors as {error: {code, message}}",
      helpGroup: "GLOBAL",
    }),
  };

  /** Arguments of `node` that start a replica process. */
  protected get replicaCommand(): readonly string[] {
    return [path.join(this.config.root, "bundle", "replica-main.js")];
  }

  /** @throws CliError, ClusterError when there is none, or it cannot be read. */
  protected openCluster(dir: string): Promise<Cluster> {
    return openCluster(dir, this.replicaCommand);
  }

  /** oclif would print here, in its own way: what was thrown goes on to `main.ts` as it is. */
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }
}
