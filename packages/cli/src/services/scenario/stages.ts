import type { Stage } from "@bft/sim/scenario";
import { RealStage } from "./real-stage.js";
import type { StageMaker } from "./run.js";

/** Where scenarios are played: on processes, or in the simulator. */
export type Place =
  | { readonly kind: "real"; readonly replicaCommand: readonly string[]; readonly keep: boolean }
  | { readonly kind: "sim"; readonly seed: number };

export function stagesIn(place: Place, onKept: (dir: string) => void): StageMaker {
  return async ({ faults, service }, protocol): Promise<Stage> => {
    if (place.kind === "sim") throw new Error("no simulator yet");
    const { replicaCommand, keep } = place;
    const stage = await RealStage.open({ protocol, faults, service, replicaCommand, keep });
    if (keep) onKept(stage.dir);
    return stage;
  };
}
