import path from "node:path";
import { Command, Flags } from "@oclif/core";
import { wholeNumberFlag } from "./flags.js";

/** What the commands of the simulator have in common: they need no cluster. Errors are put into words in `main.ts`. */
export abstract class SimCommand extends Command {
  static override baseFlags = {
    json: Flags.boolean({
      summary: "answer as JSON, one object on one line; errors as {error: {code, message}}",
      helpGroup: "GLOBAL",
    }),
  };

  /** The program of a worker thread that runs seeds. */
  protected get workerFile(): string {
    return path.join(this.config.root, "bundle", "sim-worker.js");
  }

  /** oclif would print here, in its own way: what was thrown goes on to `main.ts` as it is. */
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }
}

/** Options of a run that are pinned; the seed draws all others. */
export const pinFlags = {
  f: Flags.string({ summary: "how many faulty replicas the cluster is built for", helpValue: "<0-5>", helpGroup: "PIN" }),
  protocol: Flags.string({
    summary: "protocol of the cluster: pbft (unless named), multipaxos or raft",
    helpValue: "<name>",
    helpGroup: "PIN",
  }),
  liars: Flags.string({
    summary: "how many replicas lie; more than f may break safety",
    helpValue: "<number>",
    helpGroup: "PIN",
  }),
  behaviour: Flags.string({
    summary: "how they lie: a name of bft byzantine --list, or any",
    helpValue: "<name>",
    helpGroup: "PIN",
  }),
  set: Flags.string({
    summary: "pin any option, such as --set drop=0.3; may be given again; all options: bft sim run --list",
    helpValue: "<option=value>",
    multiple: true,
    helpGroup: "PIN",
  }),
};

export const outFlag = Flags.string({
  summary: "folder of the results; each run gets a folder in it, and latest leads to the last one",
  helpValue: "<folder>",
  default: ".bft-sim",
});

export const seedFlag = wholeNumberFlag({
  summary: "the seed of the run; options that were pinned there must be pinned again",
  min: 0,
  max: 4_294_967_295,
  helpValue: "<seed>",
});
