import type { Action, Plan } from "../plan/plan.js";
import { Unreadable } from "./text.js";

/** What is wrong among the settings of a plan, each of them readable by itself: which one, and why. */
export function settingsFault(plan: Plan): { readonly setting: string; readonly why: string } | null {
  const { replicas, clients, settings, network, liars, twins, lyingClients } = plan;
  if (settings.clockRates.length !== replicas)
    return { setting: "clock rates", why: `there are ${settings.clockRates.length} of them, and ${replicas} replicas` };
  if (network.delayMsMin > network.delayMsMax)
    return { setting: "delay to", why: `it is less than delay from, which is ${network.delayMsMin} ms` };
  const lying = liars.map(({ replica }) => replica);
  const clientsLying = lyingClients.map(({ client }) => client);
  return (
    idsFault("liars", "replica", lying, replicas) ??
    idsFault("twins", "replica", twins, replicas) ??
    idsFault("lying clients", "client", clientsLying, clients)
  );
}

function idsFault(setting: string, what: string, ids: readonly number[], count: number) {
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  const why = twice === undefined ? unknownId(what, ids, count) : `${what} ${twice} is named twice`;
  return why === null ? null : { setting, why };
}

function unknownId(what: string, ids: readonly number[], count: number): string | null {
  const unknown = ids.find((id) => id >= count);
  if (unknown === undefined) return null;
  return `${what} ${unknown} does not exist; this plan has ${count === 0 ? `no ${what}s` : `${what}s 0 to ${count - 1}`}`;
}

/** @throws Unreadable when the action names somebody who is not in the plan, or stands before one that comes earlier. */
export function checkAction(plan: Plan, before: number, action: Action): void {
  if (action.at < before) throw new Unreadable(`actions stand in order of time; the line before is at ${before} ms`);
  const why =
    action.kind === "submit"
      ? unknownId("client", [action.client], plan.clients)
      : unknownId("replica", processesOf(action), processes(plan));
  if (why !== null) throw new Unreadable(why);
}

/** @throws Unreadable */
export function checkHeal(plan: Plan, before: number, { at, core }: Plan["heal"]): void {
  if (at < before) throw new Unreadable(`the heal comes last; the line before is at ${before} ms`);
  const why = unknownId("replica", core, processes(plan));
  if (why !== null) throw new Unreadable(why);
}

/** The replicas, and a copy of each twin. */
function processes({ replicas, twins }: Plan): number {
  return replicas + twins.length;
}

function processesOf(action: Action): readonly number[] {
  switch (action.kind) {
    case "submit":
    case "mend":
      return [];
    case "cut":
    case "clog":
      return [...action.from, ...action.to];
    case "crash":
    case "restart":
    case "wipe":
    case "slow":
      return [action.replica];
  }
}
