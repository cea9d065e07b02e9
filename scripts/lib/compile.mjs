// @ts-check
import { lstatSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { runTool } from "./child.mjs";
import { inRoot, packageNames } from "./paths.mjs";
import { pruneCompiled } from "./prune.mjs";
import { UserError } from "./say.mjs";

/**
 * Type checks and compiles a project and all that it references.
 * @param {string} project a tsconfig or its folder, relative to the root
 */
async function tsc(project) {
  const { code } = await runTool("typescript/bin/tsc", ["-b", project]);
  if (code !== 0) throw new UserError(`${project} does not compile; see the lines above`);
}

export async function compilePackages() {
  for (const name of packageNames) pruneCompiled(inRoot("packages", name, "dist"), inRoot("packages", name, "src"));
  await tsc("packages/cli");
}

/**
 * A test of package p is compiled to build/test/packages/p/test. Beside it stand links to the package's built modules and to its
 * dependencies, so that "../src/x.js" is the very module that the package runs, and "react" is its own react.
 */
function linkPackages() {
  for (const name of packageNames) {
    const beside = inRoot("build", "test", "packages", name);
    mkdirSync(beside, { recursive: true });
    link(path.join(beside, "src"), inRoot("packages", name, "dist"));
    link(path.join(beside, "node_modules"), inRoot("packages", name, "node_modules"));
  }
}

/**
 * A relative link: it still leads to the right place when the whole project is moved.
 * @param {string} from
 * @param {string} to
 */
function link(from, to) {
  if (lstatSync(from, { throwIfNoEntry: false })) return;
  symlinkSync(path.relative(path.dirname(from), to), from, "dir");
}

export async function compileTests() {
  pruneCompiled(inRoot("build", "test"), inRoot());
  linkPackages();
  await tsc("tsconfig.test.json");
}

/** The scripts themselves are JavaScript: they are only checked. */
export async function checkScripts() {
  await tsc("scripts");
}
