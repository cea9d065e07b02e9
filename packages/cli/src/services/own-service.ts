import path from "node:path";
import { SERVICES } from "@bft/core";
import { type BuiltService, buildUserService, type ClusterConfig, changedSource, isMadeFrom } from "@bft/replica";
import { CliError } from "../errors.js";
import { listed } from "../view/text.js";
import { dirFlag } from "./cluster.js";

/** What `--service` names: a service that comes with bft, or a module of the person's own by its path. */
function namesModule(service: string): boolean {
  return /[\\/]|\.[cm]?[jt]s$/.test(service);
}

/** What a new cluster is to replicate. @throws CliError when there is no such service, ClusterError when it is a module with a mistake in it */
export async function serviceToReplicate(service: string): Promise<string | BuiltService> {
  if (namesModule(service)) return buildUserService(service);
  if (SERVICES.has(service)) return service;
  throw new CliError(
    "bad-service",
    `there is no service ${service}; there are ${listed([...SERVICES.keys()])}, or the path of a module of your own`,
    2,
  );
}

/** Whether a cluster runs the service that `--service` names, in whatever version. */
export function runsService(dir: string, config: ClusterConfig, service: string): boolean {
  if (config.module === null || !namesModule(service)) return config.service === service;
  return isMadeFrom(dir, config.module, service);
}

/** What to say when the person has edited her service since the cluster was made; null when she has not. */
export function sourceChanged(dir: string, { module }: ClusterConfig): string | null {
  const changed = module && changedSource(dir, module);
  if (!changed) return null;
  const main = path.resolve(dir, module.sources[0]?.path ?? "");
  const next = `bft up --service ${shown(main)} --fresh${dirFlag(dir)}`;
  return `${shown(changed)} has changed since this cluster was made, which keeps what it has; a new one with the change: ${next}`;
}

/** As the person in this folder would name it. */
function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  if (relative.startsWith("..")) return file;
  return relative.includes(path.sep) ? relative : `.${path.sep}${relative}`;
}
