import type { BuiltService } from "./build.js";

export type { BuiltService } from "./build.js";
export { changedSource, isMadeFrom } from "./sources.js";

/**
 * Makes a service of the module in a file. Bundler and parser are loaded here and nowhere else: only `bft up` waits for them.
 * @throws ClusterError `bad-service`: what is wrong with it, and where.
 */
export async function buildUserService(path: string): Promise<BuiltService> {
  const { build } = await import("./build.js");
  return build(path);
}
