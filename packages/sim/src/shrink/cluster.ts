import { protocolNamed } from "@bft/core/protocols";
import { type Action, lyingReplicas, type Plan } from "../plan/plan.js";
import { changed, firstOf, mapped, type Pass, type Search, withoutSome } from "./pass.js";

/** Fewer liars, of either kind, and plainer ones. */
export function* fewerLiars(plan: Plan): Search<Plan> {
  const some = yield* mapped(withoutSome(plan.liars), (liars) => ({ ...plan, liars }));
  const single = yield* changed(
    some,
    some.twins.map((_, index) => (now) => without(now, [now.replicas + some.twins.length - 1 - index])),
  );
  const best = yield* mapped(withoutSome(single.lyingClients), (lyingClients) => ({ ...single, lyingClients }));
  // One that says nothing is the easiest to understand.
  return yield* changed(
    best,
    best.liars.map(({ replica }, index) => (now: Plan) => ({
      ...now,
      liars: now.liars.with(index, { replica, behaviour: "silent" }),
    })),
  );
}

/** Without a client, if it can be: with all that it asks for. */
export const fewerClients: Pass = (plan) =>
  changed(
    plan,
    range(plan.clients)
      .reverse()
      .map((client) => (now) => withoutClient(now, client)),
  );

/** A smaller cluster: f less by one and with it the replicas that it takes to bear one, or only replicas beyond those needed. */
export function* fewerReplicas(plan: Plan): Search<Plan> {
  let best = plan;
  for (let before: Plan | null = null; before !== best && best.faults > 1; ) {
    before = best;
    best = yield* firstOf(best, withoutOneFault(best));
  }
  const { replicasFor } = protocolNamed(best.protocol);
  return yield* changed(
    best,
    range(best.replicas)
      .reverse()
      .map((replica) => (now) => (now.replicas > replicasFor(now.faults) ? withoutReplicas(now, [replica]) : null)),
  );
}

/** All ways worth trying to take one f away; which replicas go decides who is primary, and whether enough liars stay. */
function withoutOneFault(plan: Plan): Plan[] {
  const goes = Math.floor((plan.replicas - 1) / plan.faults);
  const liars = lyingReplicas(plan);
  const honest = range(plan.replicas).filter((replica) => !liars.includes(replica));
  const candidates: Plan[] = [];
  for (const lying of [1, 0, 2, 3]) {
    if (lying > liars.length || lying > goes || goes - lying > honest.length) continue;
    for (const someLiars of ends(liars, lying))
      for (const others of ends(honest, goes - lying))
        candidates.push(withoutReplicas({ ...plan, faults: plan.faults - 1 }, [...someLiars, ...others]));
  }
  return candidates;
}

/** The last and the first `count`. */
function ends(ids: readonly number[], count: number): number[][] {
  return [ids.slice(ids.length - count), ids.slice(0, count)];
}

/** Whether no more replicas are faulty than the cluster is built for: those who lie, and those who forget what they said. */
export function isWithinFaults(plan: Plan): boolean {
  return new Set([...lyingReplicas(plan), ...forgetful(plan)]).size <= plan.faults;
}

function forgetful(plan: Plan): number[] {
  return plan.actions.flatMap((action) => (action.kind === "wipe" ? [action.replica] : []));
}

/** The plan without these replicas. `plan.faults` is what is left to bear. */
function withoutReplicas(plan: Plan, gone: readonly number[]): Plan {
  const copies = plan.twins.flatMap((twin, index) => (gone.includes(twin) ? [plan.replicas + index] : []));
  return without(plan, [...gone, ...copies]);
}

/** The plan without these replicas and copies of twins; those that stay move up. */
function without(plan: Plan, gone: readonly number[]): Plan {
  const stay = range(plan.replicas + plan.twins.length).filter((process) => !gone.includes(process));
  const move = (ids: readonly number[]) => ids.map((id) => stay.indexOf(id)).filter((id) => id !== -1);
  const replicas = stay.filter((process) => process < plan.replicas);
  const smaller: Plan = {
    ...plan,
    replicas: replicas.length,
    settings: { ...plan.settings, clockRates: replicas.map((replica) => plan.settings.clockRates[replica] ?? 1) },
    liars: plan.liars.flatMap(({ replica, behaviour }) => move([replica]).map((id) => ({ replica: id, behaviour }))),
    twins: move(plan.twins.filter((_, index) => stay.includes(plan.replicas + index))),
    actions: plan.actions.flatMap((action) => moved(action, move)),
    heal: { ...plan.heal, core: move(plan.heal.core) },
  };
  // No core: nothing is promised. That stays so.
  return plan.heal.core.length === 0 ? smaller : { ...smaller, heal: { ...smaller.heal, core: coreOf(smaller) } };
}

/** The action for those that stay, or nothing. */
function moved(action: Action, move: (ids: readonly number[]) => number[]): Action[] {
  switch (action.kind) {
    case "submit":
    case "mend":
      return [action];
    case "cut":
    case "clog": {
      const [from, to] = [move(action.from), move(action.to)];
      return from.length === 0 || to.length === 0 ? [] : [{ ...action, from, to }];
    }
    case "crash":
    case "restart":
    case "wipe":
    case "slow":
      return move([action.replica]).map((replica) => ({ ...action, replica }));
  }
}

/**
 * What is left of the core, filled up to a quorum with honest replicas as far as there are. Where a lost disk is lost for good, who lost it
 * can not help.
 */
function coreOf(plan: Plan): number[] {
  const { core } = plan.heal;
  const { quorums, toleratesLies } = protocolNamed(plan.protocol);
  const { quorum } = quorums(plan.replicas, plan.faults);
  const liars = lyingReplicas(plan);
  const lost = toleratesLies ? [] : forgetful(plan);
  const others = range(plan.replicas).filter((id) => !core.includes(id) && !lost.includes(id));
  const byHonesty = [...others.filter((id) => !liars.includes(id)), ...others.filter((id) => liars.includes(id))];
  return [...core, ...byHonesty.slice(0, Math.max(0, quorum - core.length))].sort((a, b) => a - b);
}

function withoutClient(plan: Plan, gone: number): Plan | null {
  if (plan.clients <= 1) return null;
  const move = (client: number) => (client > gone ? client - 1 : client);
  return {
    ...plan,
    clients: plan.clients - 1,
    lyingClients: plan.lyingClients
      .filter(({ client }) => client !== gone)
      .map(({ client, behaviour }) => ({ client: move(client), behaviour })),
    actions: plan.actions
      .filter((action) => action.kind !== "submit" || action.client !== gone)
      .map((action) => (action.kind === "submit" ? { ...action, client: move(action.client) } : action)),
  };
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
