import { readFile } from "node:fs/promises";
import { build, type Plugin } from "esbuild";
import { inProject } from "../support/project.js";
import { type Mutant, mutate } from "./mutant.js";

const source = (...parts: readonly string[]) => inProject("packages", ...parts);

/** The workspace packages by their sources, so that a mutant's text is the one that people read. */
const ENTRIES: Readonly<Record<string, string>> = {
  "@bft/core": source("core", "src", "index.ts"),
  "@bft/core/pbft": source("core", "src", "pbft", "index.ts"),
  "@bft/core/multipaxos": source("core", "src", "multipaxos", "index.ts"),
  "@bft/core/protocols": source("core", "src", "protocols.ts"),
  "@bft/core/raft": source("core", "src", "raft", "index.ts"),
  "@bft/sim": source("sim", "src", "index.ts"),
};

/**
 * Writes the simulator as one module to `outfile`, around a copy of the core in which `mutant` is seeded; null: around the core as
 * it is. Nothing in packages/ is changed.
 * @throws RangeError when the mutant does not apply
 */
export async function bundleSimulator(mutant: Mutant | null, outfile: string): Promise<void> {
  const mutated = mutant === null ? null : await mutatedSource(mutant);
  await build({
    stdin: { contents: 'export { drawPlan, simulate } from "@bft/sim";', resolveDir: inProject() },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    legalComments: "none",
    logLevel: "silent",
    plugins: [workspace(mutated)],
  });
}

interface Mutated {
  readonly path: string;
  readonly contents: string;
}

async function mutatedSource(mutant: Mutant): Promise<Mutated> {
  const path = source("core", "src", ...`${mutant.file}.ts`.split("/"));
  return { path, contents: mutate(await readFile(path, "utf8"), mutant) };
}

function workspace(mutated: Mutated | null): Plugin {
  return {
    name: "workspace",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^@bft\// }, ({ path }) => {
        const entry = ENTRIES[path];
        return entry === undefined ? null : { path: entry };
      });
      onLoad({ filter: /[/\\]packages[/\\]core[/\\]src[/\\].*\.ts$/ }, ({ path }) =>
        path === mutated?.path ? { contents: mutated.contents, loader: "ts" } : null,
      );
    },
  };
}
