import type { Scenario } from "@bft/sim/scenario";
import type { Output } from "../../output.js";
import { span } from "../../view/line.js";
import { entryLines, introLines, outcomeLines, scenarioExitCode, stageLines } from "../../view/scenario.js";
import { knownOrNot } from "../check.js";
import { playScenario } from "./run.js";
import { type Place, stagesIn } from "./stages.js";

export interface ScenarioRequest {
  readonly scenario: Scenario;
  /** Null: all that the scenario names. */
  readonly protocol: string | null;
  readonly place: Place;
  readonly withoutLies: boolean;
  readonly columns: number;
  readonly output: Output;
}

/** The exit code of a program that was interrupted. */
const INTERRUPTED = 130;

/** `bft scenario run`: plays it and tells each step as it happens. @returns the exit code */
export async function runScenarioCommand(request: ScenarioRequest): Promise<number> {
  const { scenario, protocol, place, withoutLies, columns, output } = request;
  output.lines(introLines(scenario, columns));
  const outcomes = await knownOrNot(() =>
    playScenario({
      scenario,
      protocol,
      withoutLies,
      stageFor: stagesIn(place, (dir) => output.note(span(`this cluster is kept in ${dir}`, "dim"))),
      onStage: (stage) => output.lines(stageLines(stage)),
      onEntry: (entry) => output.lines(entryLines(entry, columns)),
      onOutcome: (outcome) => output.lines(outcomeLines(outcome, columns)),
    }),
  );
  if (outcomes === null) {
    output.note(span("interrupted; nothing is left running", "warn"));
    return INTERRUPTED;
  }
  output.object({ scenario: scenario.name, outcomes });
  return scenarioExitCode(outcomes);
}
