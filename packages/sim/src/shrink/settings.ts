import type { NetworkPlan, PlanSettings } from "../plan/plan.js";
import { type Change, changed, type Pass } from "./pass.js";

/** A network without noise: all of it at once, or what can be spared of it. */
export const calmerNetwork: Pass = (plan) => {
  const { delayMsMin } = plan.network;
  return changed(plan, [
    network({ late: 0, lateMsMax: 0, drop: 0, duplicate: 0, reorder: false, delayMsMin: 1, delayMsMax: 1 }),
    network({ late: 0, lateMsMax: 0, drop: 0, duplicate: 0, reorder: false }),
    network({ drop: 0 }),
    network({ duplicate: 0 }),
    network({ late: 0, lateMsMax: 0 }),
    network({ reorder: false }),
    network({ delayMsMin: 1, delayMsMax: 1 }),
    network({ delayMsMax: delayMsMin }),
  ]);
};

/** Settings that leave less to think about. */
export const plainerSettings: Pass = (plan) => {
  const changes: Change[] = [
    (now) => settings({ clockRates: now.settings.clockRates.map(() => 1) })(now),
    ...plan.settings.clockRates.map(
      (_, replica): Change =>
        (now) =>
          settings({ clockRates: now.settings.clockRates.with(replica, 1) })(now),
    ),
    settings({ reads: "ordered" }),
    settings({ compact: true }),
  ];
  return changed(plan, changes);
};

/**
 * One thing at a time, and checkpoints far away. All of these make a cluster slower: not for a violation that is about time, which
 * they could cause by themselves.
 */
export const oneAtATime: Pass = (plan) =>
  changed(plan, [
    settings({ pipelineDepth: 1 }),
    settings({ batchOperationsMax: 1 }),
    settings({ clientWindow: 1 }),
    settings({ checkpointInterval: 128 }),
  ]);

function settings(some: Partial<PlanSettings>): Change {
  return (plan) => ({ ...plan, settings: { ...plan.settings, ...some } });
}

function network(some: Partial<NetworkPlan>): Change {
  return (plan) => ({ ...plan, network: { ...plan.network, ...some } });
}
