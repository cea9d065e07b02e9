// @ts-check
import { run, runTool } from "./child.mjs";
import { checkScripts } from "./compile.mjs";
import { inRoot } from "./paths.mjs";
import { say, UserError } from "./say.mjs";

const biome = inRoot("node_modules", "@biomejs", "biome", "bin", "biome");

/** @type {Record<string, () => Promise<import("./child.mjs").Outcome>>} */
const checks = {
  "lint and format": () =>
    run(process.execPath, [biome, "check", "--error-on-warnings", "--diagnostic-level=warn"], { capture: true }),
  "unused code": () => runTool("knip/bin/knip.js", ["--no-progress", "--no-config-hints"], { capture: true }),
  "types of scripts": async () => {
    const error = await checkScripts().catch((reason) => reason);
    if (error !== undefined && !(error instanceof UserError)) throw error;
    return { code: error === undefined ? 0 : 1, output: "" };
  },
};

/**
 * What the compiler alone does not see. Shows what a check found only when it failed.
 * @returns {Promise<number>} how many checks failed
 */
export async function runChecks() {
  say(`checking: ${Object.keys(checks).join(", ")} ...`);
  const failed = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const { code, output } = await check();
      if (code !== 0) say(`${output}\ncheck failed: ${name}`);
      return code !== 0;
    }),
  );
  return failed.filter(Boolean).length;
}

/** Formats all files and applies the fixes that cannot change what the code does. */
export async function fixFormat() {
  const { code } = await run(process.execPath, [biome, "check", "--write", "--diagnostic-level=warn"]);
  return code;
}
