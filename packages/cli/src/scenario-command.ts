import path from "node:path";
import { Command, Flags } from "@oclif/core";

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
