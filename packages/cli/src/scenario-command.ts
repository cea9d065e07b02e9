import path from "node:path";
import type { Scenario } from "@bft/sim/scenario";
import { Args, Command, Flags } from "@oclif/core";
import { wholeNumberFlag } from "./flags.js";
import type { Output } from "./output.js";
import { loadScenario, ScenarioFileError } from "./services/scenario/load.js";
import { span } from "./view/line.js";

/** Columns of an account where there is no terminal to ask. */
const COLUMNS = 110;

/** What the commands of scenarios have in common: they set up clusters of their own. Errors are put into words in `main.ts`. */
export abstract class ScenarioCommand extends Command {
  static override baseFlags = {
    json: Flags.boolean({
      summary: "answer as JSON, one object on one line; errors as {error: {code, message}}",
      helpGroup: "GLOBAL",
    }),
  };

  /** The scenario of that name or file. @throws CliError when there is none; what is wrong with a file was told before that. */
  protected async scenarioOf(nameOrFile: string, output: Output): Promise<Scenario> {
    try {
      return await loadScenario(nameOrFile, this.scenarioFolder);
    } catch (error) {
      if (error instanceof ScenarioFileError) for (const problem of error.problems) output.note(span(problem, "bad"));
      throw error;
    }
  }

  /** Where the scenarios lie that come with bft. */
  protected get scenarioFolder(): string {
    return path.join(this.config.root, "scenarios");
  }

  /** Arguments of `node` that start a replica process. */
  protected get replicaCommand(): readonly string[] {
    return [path.join(this.config.root, "bundle", "replica-main.js")];
  }

  protected get columns(): number {
    return process.stdout.isTTY ? Math.min(process.stdout.columns, COLUMNS) : COLUMNS;
  }

  /** oclif would print here, in its own way: what was thrown goes on to `main.ts` as it is. */
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }
}

export const scenarioArg = Args.string({
  required: true,
  description: "name of one that comes with bft, or a file such as mine.yaml",
});

/** Where a scenario is played: on processes, or in the simulator. */
export const simFlags = {
  sim: Flags.boolean({ summary: "in the simulator, in virtual time: no process is started" }),
  seed: wholeNumberFlag({
    summary: "the seed of the simulated world",
    min: 0,
    max: 4_294_967_295,
    default: 1,
    helpValue: "<seed>",
  }),
};
