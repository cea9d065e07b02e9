import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { ServiceModule } from "../cluster-config.js";
import type { BuiltService } from "./build.js";
import { sha256 } from "./sha256.js";

/** How cluster.json names a built service. Sources are relative to the cluster's folder, so that both can be moved together. */
export function moduleOf({ code, sources }: BuiltService, dir: string): ServiceModule {
  return { digest: sha256(code), sources: sources.map(({ path, digest }) => ({ path: relative(resolve(dir), path), digest })) };
}

/** Whether a cluster's service was made from the module in `path`. */
export function isMadeFrom(dir: string, { sources }: ServiceModule, path: string): boolean {
  return resolve(path) === resolve(dir, sources[0]?.path ?? "");
}

/** The first source file of a cluster's service that has changed since the cluster was made, or null. */
export function changedSource(dir: string, { sources }: ServiceModule): string | null {
  const changed = sources.find(({ path, digest }) => {
    try {
      return sha256(readFileSync(resolve(dir, path))) !== digest;
    } catch {
      // A source that is gone, or that another user owns, says nothing: the cluster has its own copy.
      return false;
    }
  });
  return changed === undefined ? null : resolve(dir, changed.path);
}
