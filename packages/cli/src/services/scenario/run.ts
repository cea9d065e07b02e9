import type { ProtocolName } from "@bft/core";
import { type Entry, type Outcome, runScenario, type Scenario, type Stage } from "@bft/sim/scenario";
import { misuse } from "../../errors.js";
import { catchSignals } from "../signals.js";

/** Sets up a cluster for one protocol of a scenario. */
export type StageMaker = (scenario: Scenario, protocol: ProtocolName) => Promise<Stage>;

export interface PlayOptions {
  readonly scenario: Scenario;
  /** Null: all that the scenario names. */
  readonly protocol: string | null;
  readonly withoutLies: boolean;
  readonly stageFor: StageMaker;
  readonly onStage: (stage: Stage) => void;
  readonly onEntry: (entry: Entry) => void;
  readonly onOutcome: (outcome: Outcome) => void;
}

/**
 * Plays a scenario on one protocol after the other, each on a stage of its own, which is closed whatever happens.
 * @returns null when the person ended it
 * @throws CliError when the scenario is not played on that protocol, ClusterError when a cluster can not be set up
 */
export async function playScenario(options: PlayOptions): Promise<readonly Outcome[] | null> {
  const signals = catchSignals();
  const outcomes: Outcome[] = [];
  try {
    for (const protocol of protocolsOf(options.scenario, options.protocol)) {
      const outcome = await playOn(protocol, options, signals.first);
      if (outcome === null) return null;
      options.onOutcome(outcome);
      outcomes.push(outcome);
    }
    return outcomes;
  } finally {
    signals.dispose();
  }
}

function protocolsOf({ name, plays }: Scenario, asked: string | null): readonly ProtocolName[] {
  const protocols = plays.map(({ protocol }) => protocol);
  if (asked === null) return protocols;
  const found = protocols.filter((protocol) => protocol === asked);
  if (found.length > 0) return found;
  throw misuse(`the scenario ${name} is not played on ${asked}; it is on: ${protocols.join(", ")}`);
}

async function playOn(protocol: ProtocolName, options: PlayOptions, stop: Promise<unknown>): Promise<Outcome | null> {
  const { scenario, withoutLies, stageFor, onStage, onEntry } = options;
  const ended = stop.then(() => null);
  const opening = stageFor(scenario, protocol);
  const stage = await Promise.race([opening, ended]);
  if (stage === null) {
    // It is on its way up; it goes down again before this ends.
    await opening.then((late) => late.close()).catch(() => undefined);
    return null;
  }
  try {
    onStage(stage);
    return await Promise.race([runScenario(scenario, stage, { withoutLies }, onEntry), ended]);
  } finally {
    await stage.close();
  }
}
