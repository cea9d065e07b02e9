import { readFileSync } from "node:fs";
import type { Service } from "@bft/core";
import type { ServiceModule } from "../cluster-config.js";
import { ClusterError, reasonOf } from "../errors.js";
import { ClusterPaths } from "../paths.js";
import { sha256 } from "./sha256.js";
import { UserService } from "./user-service.js";

/**
 * The service that a cluster was made with: exactly the code whose digest stands in cluster.json.
 * @throws ClusterError `cluster-damaged` when it is not there, or is another.
 */
export function loadUserService(
  dir: string,
  name: string,
  module: ServiceModule,
  onEngineError: (message: string) => void,
): Service {
  const file = new ClusterPaths(dir).service;
  const next = "restore it, or start anew with: bft up --fresh";
  let code: Buffer;
  try {
    code = readFileSync(file);
  } catch (error) {
    throw new ClusterError("cluster-damaged", `the service can not be read (${reasonOf(error)}); ${next}`, { cause: error });
  }
  const digest = sha256(code);
  if (digest !== module.digest)
    throw new ClusterError(
      "cluster-damaged",
      `${file} is not the service that this cluster was made with: its digest is ${digest.slice(0, 12)}…, not ${module.digest.slice(0, 12)}…; ${next}`,
    );
  return new UserService({ code: code.toString(), defaultName: name, onEngineError });
}
