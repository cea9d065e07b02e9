import type { ClusterConfig } from "@bft/replica";
import { CliError, misuse } from "../errors.js";
import type { Output } from "../output.js";
import { authWarning, isUnauthenticated } from "../view/unauthenticated.js";
import { dirFlag } from "./cluster.js";

/** Warns, beside the answer of a command, of a cluster in which nothing is signed. */
export function noteUnauthenticated(output: Output, config: ClusterConfig): void {
  for (const line of authWarning(config, Number.POSITIVE_INFINITY)) output.note(...line);
}

/**
 * @param dir where a cluster with signatures could be instead; null when it is not here
 * @throws CliError when something that rests on signatures is asked of a cluster that makes none
 */
export function refuseUnsigned(config: ClusterConfig, dir: string | null): void {
  if (!isUnauthenticated(config)) return;
  const next = `start one with signatures: bft up --fresh${dir === null ? "" : dirFlag(dir)}`;
  throw new CliError("nothing-signed", `nothing is signed in this cluster (--auth none), so nothing can be proven; ${next}`, 2);
}

/** Who computes signatures means nothing where none are made. @throws CliError */
export function refuseIdleCrypto(auth: ClusterConfig["auth"] | undefined, crypto: ClusterConfig["crypto"] | undefined): void {
  if (auth !== "none" || crypto === undefined) return;
  throw misuse(`--crypto ${crypto} says who computes signatures, and with --auth none nobody does; leave one of the two out`);
}
