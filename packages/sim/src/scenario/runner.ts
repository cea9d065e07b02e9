import { protocolNamed } from "@bft/core/protocols";
import type { Entry, Outcome } from "./outcome.js";
import { StepError } from "./play/company.js";
import { divergenceOf } from "./play/divergence.js";
import { propertyOf, summary } from "./play/judged.js";
import { Player } from "./play/player.js";
import { replicasText } from "./play/words.js";
import type { Play, Scenario, Step } from "./scenario.js";
import type { Judgement, Stage } from "./stage.js";

export interface RunOptions {
  /** Steps that make replicas lie are left out; then everything must hold. */
  readonly withoutLies: boolean;
}

/** No scenario takes longer, whatever its steps wait for. */
const TOTAL_MS = 5 * 60_000;

/**
 * Plays a scenario on a stage that was set up for it: carries out its steps one by one, tells each as an entry, and judges in the
 * end what happened. Does not close the stage.
 * @throws RangeError when the scenario has no steps for the protocol of the stage
 */
export async function runScenario(
  scenario: Scenario,
  stage: Stage,
  options: RunOptions,
  onEntry: (entry: Entry) => void,
): Promise<Outcome> {
  const play = scenario.plays.find(({ protocol }) => protocol === stage.protocol);
  if (play === undefined) {
    const names = scenario.plays.map(({ protocol }) => protocol).join(", ");
    throw new RangeError(`the scenario ${scenario.name} is not played on ${stage.protocol}; it is on: ${names}`);
  }
  const entries: Entry[] = [];
  const tell = (entry: Entry) => {
    entries.push(entry);
    onEntry(entry);
  };
  const player = new Player(stage, options.withoutLies, stage.now + TOTAL_MS);
  const carriedOut = await carryOut(play, player, stage, tell);
  const judgement = await stage.judge();
  if (carriedOut) tell(theEnd(play, player, judgement, stage));
  return outcomeOf({ scenario, stage, options, entries, player, judgement, carriedOut });
}

/** @returns whether all steps could be carried out. */
async function carryOut({ steps }: Play, player: Player, stage: Stage, tell: (entry: Entry) => void): Promise<boolean> {
  const attempt = async (step: Step | null): Promise<boolean> => {
    const about: Pick<Entry, "step" | "kind" | "say"> =
      step === null ? { step: null, kind: "start", say: null } : { step: step.number, kind: step.kind, say: step.say };
    try {
      const done = step === null ? await player.start() : await player.play(step);
      tell({ ...about, at: stage.now, ...done });
      return true;
    } catch (error) {
      if (!(error instanceof StepError) && !(error instanceof RangeError)) throw error;
      tell({ ...about, at: stage.now, did: "this could not be done", verdict: "failed", why: error.message });
      return false;
    }
  };
  for (const step of [null, ...steps]) if (!(await attempt(step))) return false;
  return true;
}

/** What nobody said to be broken must have held. */
function theEnd({ steps }: Play, player: Player, judgement: Judgement, stage: Stage): Entry {
  const { protocol, system } = stage;
  const about = { at: stage.now, step: null, kind: "end" as const, say: null };
  const { title } = protocolNamed(protocol);
  const did = summary(judgement, player.liars, title);
  const expectsBroken = steps.some(
    (step) => step.kind === "expect" && step.claims.some((claim) => claim.kind === "property" && claim.is === "broken"),
  );
  const { is, what } = propertyOf("safety", judgement);
  if (is !== "broken" || (expectsBroken && !player.withoutLies)) return { ...about, did, verdict: "held", why: null };
  const bound = player.liars.length > system.faults ? `; ${replicasText(player.liars)} lied where f = ${system.faults}` : "";
  return { ...about, did, verdict: "failed", why: `no step expects anything to be broken${bound}. ${what ?? ""}`.trim() };
}

interface Played {
  readonly scenario: Scenario;
  readonly stage: Stage;
  readonly options: RunOptions;
  readonly entries: readonly Entry[];
  readonly player: Player;
  readonly judgement: Judgement;
  readonly carriedOut: boolean;
}

function outcomeOf({ scenario, stage, options, entries, player, judgement, carriedOut }: Played): Outcome {
  const failed = entries.some(({ verdict }) => verdict === "failed");
  return {
    scenario: scenario.name,
    protocol: stage.protocol,
    system: stage.system,
    withoutLies: options.withoutLies,
    verdict: !carriedOut ? "not-run" : failed ? "failed" : "held",
    entries,
    requests: player.requests,
    liars: options.withoutLies ? [] : player.liars,
    violations: judgement.violations,
    why: propertyOf("safety", judgement).what,
    agreement: propertyOf("agreement", judgement).is === "broken" ? "broken" : "held",
    divergence: divergenceOf(judgement),
    linearizable: judgement.linearizable,
    cost: { ...judgement.cost, lies: judgement.lies },
    elapsedMs: stage.now,
  };
}
