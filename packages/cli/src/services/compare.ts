import type { Scenario } from "@bft/sim/scenario";
import type { Output } from "../output.js";
import { type Compared, compareJson, compareLines, placeLine, progressLine } from "../view/compare.js";
import { span } from "../view/line.js";
import { introLines, scenarioExitCode } from "../view/scenario.js";
import { knownOrNot } from "./check.js";
import { playScenario } from "./scenario/run.js";
import { type Place, stagesIn } from "./scenario/stages.js";

export interface CompareRequest {
  readonly scenario: Scenario;
  readonly place: Place;
  /** The same without the lies. */
  readonly withoutLies: boolean;
  readonly columns: number;
  readonly output: Output;
}

/** The exit code of a program that was interrupted. */
const INTERRUPTED = 130;

/** `bft compare`: plays it on one protocol after the other, and sets side by side what came of it. @returns the exit code */
export async function runCompareCommand(request: CompareRequest): Promise<number> {
  const { scenario, place, withoutLies, columns, output } = request;
  output.lines([...introLines({ ...scenario, question: null }, columns), []]);
  const outcomes = await knownOrNot(() =>
    playScenario({
      scenario,
      protocol: null,
      withoutLies,
      stageFor: stagesIn(place, (dir) => output.note(span(`this cluster is kept in ${dir}`, "dim"))),
      onStage: (stage) => output.note(...placeLine(stage)),
      onEntry: (entry) => output.note(...progressLine(entry, columns)),
      onOutcome: () => undefined,
    }),
  );
  if (outcomes === null) {
    output.note(span("interrupted; nothing is left running", "warn"));
    return INTERRUPTED;
  }
  const compared: Compared = { scenario: scenario.name, outcomes, withoutLies, place };
  output.object(compareJson(compared));
  output.lines(compareLines(compared, columns));
  return scenarioExitCode(outcomes);
}
