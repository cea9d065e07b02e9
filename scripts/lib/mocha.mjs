// @ts-check
import { spawn } from "node:child_process";
import { inRoot, root } from "./paths.mjs";
import { say } from "./say.mjs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * All tests, in three runs at a time: those with real processes wait most of the time, so two of them and the others fill two cores.
 * @type {readonly (readonly string[])[]}
 */
const everyTest = [
  ["build/test/test/e2e/[a-d]*.test.js", "build/test/test/e2e/lies/**/*.test.js"],
  ["build/test/test/e2e/[e-z]*.test.js"],
  ["build/test/test/**/*.test.js", "build/test/packages/*/test/**/*.test.js", "--ignore", "build/test/test/e2e/**"],
];

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
export async function runMocha(args) {
  const given = args.map(compiledPath);
  if (given.some((arg) => arg.startsWith("build/test/"))) return runOnce(given, true);
  const [first = [], ...others] = everyTest;
  const all = await Promise.all([
    runOnce([...given, ...first], true),
    ...others.map((files) => runOnce([...given, ...files], false)),
  ]);
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
  };
}

/**
 * @param {readonly string[]} args mocha's options and compiled files
 * @param {boolean} live its lines are shown as they come; otherwise together at its end
 * @returns {Promise<Counts>}
 */
function runOnce(args, live) {
  const ci = process.env.CI ? ["--forbid-only"] : [];
  const reporter = ["--reporter", inRoot("scripts", "lib", "counting-reporter.mjs")];
  const cli = inRoot("node_modules", "mocha", "bin", "mocha.js");
  const out = live ? "inherit" : "pipe";
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--enable-source-maps", cli, ...reporter, ...ci, ...args], {
      cwd: root,
      stdio: ["ignore", out, out, "ipc"],
    });
    /** @type {Buffer[]} */
    const told = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => told.push(chunk));
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
      for (const chunk of told) process.stdout.write(chunk);
      const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
      // What is asked for by title may all be in the other run; that nothing at all was found is told by the sum.
      const empty = counts !== null && passed + failed === 0 && args.includes("--grep");
      // Mocha fails in more ways than by a failed test: a file that does not load, no test at all, a process that hangs.
      resolve({ passed, failed: code === 0 || failed > 0 || empty ? failed : 1, skipped });
    });
  });
}
