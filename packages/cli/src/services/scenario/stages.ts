import { type Stage, simStage } from "@bft/sim/scenario";
import { RealStage } from "./real-stage.js";
import type { StageMaker } from "./run.js";

/** Where scenarios are played: on processes, or in the simulator. */
export type Place =
  | { readonly kind: "real"; readonly replicaCommand: readonly string[]; readonly keep: boolean }
  | { readonly kind: "sim"; readonly seed: number };

/** `onKept` is told of each folder that will be left. */
export function stagesIn(place: Place, onKept: (dir: string) => void): StageMaker {
  return async ({ faults, service }, protocol): Promise<Stage> => {
    if (place.kind === "sim") return simStage({ protocol, faults, service, seed: place.seed });
    const { replicaCommand, keep } = place;
    const stage = await RealStage.open({ protocol, faults, service, replicaCommand, keep });
    if (keep) onKept(stage.dir);
    return stage;
  };
}
