// @ts-check
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { inRoot } from "./paths.mjs";
import { filesIn } from "./prune.mjs";
import { UserError } from "./say.mjs";

const cli = inRoot("packages", "cli");
const outdir = path.join(cli, "bundle");

/** Native add-ons, and esbuild, find their binaries by their own path; the others are optional and never loaded in production. */
const external = ["sodium-native", "lmdb", "esbuild", "typescript", "ts-node", "tsx", "react-devtools-core"];

/** CommonJS dependencies call `require`, which an ES module does not have. */
const requireBanner =
  'import { createRequire as bftCreateRequire } from "node:module"; const require = bftCreateRequire(import.meta.url);';

/** The commands: what lies in src/commands, a file per command. */
function commandFiles() {
  const dir = path.join(cli, "src", "commands");
  return filesIn(dir)
    .filter((file) => /(?<!\.test|\.d)\.tsx?$/.test(file))
    .map((file) => path.join(dir, file));
}

/** Bundles the command line program, so that it starts from a few files instead of hundreds. */
export async function bundleCli() {
  const { build } = await import("esbuild");
  const programs = ["main.ts", "replica-main.ts", "sim-worker.ts", "chart-worker.ts"]
    .map((file) => path.join(cli, "src", file))
    .filter((file) => existsSync(file));
  const { metafile } = await build({
    absWorkingDir: cli,
    entryPoints: [...programs, ...commandFiles()],
    outbase: path.join(cli, "src"),
    outdir,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    sourcemap: "linked",
    sourcesContent: false,
    format: "esm",
    platform: "node",
    target: "node20",
    jsx: "automatic",
    legalComments: "none",
    define: { "process.env.NODE_ENV": '"production"' },
    banner: { js: requireBanner },
    external,
    metafile: true,
    logLevel: "error",
  }).catch(() => {
    throw new UserError("the command line program could not be bundled; see the lines above");
  });
  const made = new Set(Object.keys(metafile.outputs).map((file) => path.join(cli, file)));
  for (const file of filesIn(outdir)) if (!made.has(path.join(outdir, file))) rmSync(path.join(outdir, file));
}
