// @ts-check
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";

/**
 * The files below a folder, as paths relative to it. Links are not followed.
 * @param {string} dir
 * @returns {string[]}
 */
export function filesIn(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return filesIn(path.join(dir, entry.name)).map((file) => path.join(entry.name, file));
    return entry.isFile() ? [entry.name] : [];
  });
}

const compiled = /\.(d\.ts|js)(\.map)?$/;

/**
 * Removes what the compiler once made from a source that is gone: it never removes anything itself, and mocha would go on
 * running a deleted test.
 * @param {string} outDir
 * @param {string} sourceDir
 */
export function pruneCompiled(outDir, sourceDir) {
  for (const file of filesIn(outDir)) {
    if (!compiled.test(file)) continue;
    const source = path.join(sourceDir, file.replace(compiled, ""));
    if (![".ts", ".tsx", ".mjs"].some((extension) => existsSync(source + extension))) rmSync(path.join(outDir, file));
  }
}
