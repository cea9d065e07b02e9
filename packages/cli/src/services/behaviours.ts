import type { ProtocolName } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { type BehaviourInfo, behavioursOf, CLIENT_BEHAVIOURS } from "@bft/sim/byzantine";
import { CliError } from "../errors.js";
import { nearest } from "../view/nearest.js";
import { isLying } from "../watch/model.js";
import type { Cluster } from "./cluster.js";
import { lookAt } from "./status.js";

const LIST = "all of them: bft byzantine --list";

/** How a replica of this protocol may lie. @throws CliError when there is no behaviour of that name. */
export function behaviourNamed(protocol: ProtocolName, name: string): BehaviourInfo {
  const behaviours = behavioursOf(protocol);
  if (find(CLIENT_BEHAVIOURS, name) !== null && find(behaviours, name) === null)
    throw new CliError("no-behaviour", `${name} is a lie of clients; tell it with: bft byzantine client ${name}`, 2);
  return find(behaviours, name) ?? unknown(name, behaviours, `behaviour of ${protocolNamed(protocol).title}`);
}

/** How a client may lie. @throws CliError when there is no client behaviour of that name. */
export function clientBehaviourNamed(name: string): BehaviourInfo {
  if (find(behavioursOf("pbft"), name) !== null && find(CLIENT_BEHAVIOURS, name) === null)
    throw new CliError("no-behaviour", `${name} is a lie of replicas; switch it on with: bft byzantine 0 ${name}`, 2);
  return find(CLIENT_BEHAVIOURS, name) ?? unknown(name, CLIENT_BEHAVIOURS, "client behaviour");
}

function find(behaviours: readonly BehaviourInfo[], name: string): BehaviourInfo | null {
  return behaviours.find((behaviour) => behaviour.name === name) ?? null;
}

function unknown(name: string, known: readonly BehaviourInfo[], thing: string): never {
  const meant = nearest(
    name,
    known.map((behaviour) => behaviour.name),
  );
  const hint = meant === null ? "" : `; did you mean ${meant}`;
  throw new CliError("no-behaviour", `there is no ${thing} "${name}"${hint}; ${LIST}`, 2);
}

/** The replicas that lie at this moment, in order of id, as far as they answer. */
export async function liarsOf(cluster: Cluster): Promise<readonly number[]> {
  const { replicas } = await lookAt(cluster);
  return replicas.filter(isLying).map(({ id }) => id);
}
