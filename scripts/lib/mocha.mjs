// @ts-check
import { spawn } from "node:child_process";
import { inRoot, root } from "./paths.mjs";
import { say } from "./say.mjs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const everyTest = ["build/test/test/**/*.test.js", "build/test/packages/*/test/**/*.test.js"];

/** A run that has told its counts must end by itself within this time: what keeps it open was left running by a test. */
const graceMs = 15_000;

/**
 * `packages/core/test/ids.test.ts` means what it was compiled to; anything else is mocha's.
 * @param {string} arg
 */
function compiledPath(arg) {
  return /\.test\.tsx?$/.test(arg) ? `build/test/${arg.replace(/^\.\//, "").replace(/\.tsx?$/, ".js")}` : arg;
}

/**
 * Runs the compiled tests: all of them, or the files that are named.
 * @param {readonly string[]} args mocha's options and test files
 * @returns {Promise<Counts>}
 */
export function runMocha(args) {
  const given = args.map(compiledPath);
  const files = given.some((arg) => arg.startsWith("build/test/")) ? [] : everyTest;
  const ci = process.env.CI ? ["--forbid-only"] : [];
  const reporter = ["--reporter", inRoot("scripts", "lib", "counting-reporter.mjs")];
  const cli = inRoot("node_modules", "mocha", "bin", "mocha.js");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--enable-source-maps", cli, ...reporter, ...ci, ...given, ...files], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    /** @type {Counts | null} */
    let counts = null;
    /** @type {NodeJS.Timeout | undefined} */
    let grace;
    child.on("message", (message) => {
      counts = /** @type {Counts} */ (message);
      grace = setTimeout(() => {
        say(`the tests are over, but something that they started still runs after ${graceMs / 1000} s; stopping it`);
        child.kill("SIGKILL");
      }, graceMs);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(grace);
      const told = counts ?? { passed: 0, failed: 0, skipped: 0 };
      // Mocha fails in more ways than by a failed test: a file that does not load, no test at all, a process that hangs.
      resolve(code === 0 || told.failed > 0 ? told : { ...told, failed: 1 });
    });
  });
}
