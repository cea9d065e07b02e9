import { SERVICES, type Service } from "@bft/core";
import type { ClusterConfig } from "./cluster-config.js";
import { loadUserService } from "./user-service/load.js";

/**
 * The service that the cluster in `dir` replicates: one that comes with bft, or the person's own.
 * @throws ClusterError `cluster-damaged` when the person's own is not there, or is another than the cluster was made with.
 */
export function serviceOf(
  dir: string,
  { service: name, module }: Pick<ClusterConfig, "service" | "module">,
  onEngineError: (message: string) => void,
): Service {
  if (module !== null) return loadUserService(dir, name, module, onEngineError);
  const service = SERVICES.get(name);
  if (service === undefined) throw new RangeError(`there is no service ${name}`);
  return service;
}
