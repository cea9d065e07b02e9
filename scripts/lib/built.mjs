// @ts-check
import { existsSync } from "node:fs";
import { bundleCli } from "./bundle.mjs";
import { compilePackages, compileTests } from "./compile.mjs";
import { fingerprint } from "./fingerprint.mjs";
import { withLock } from "./lock.mjs";
import { writeManifest } from "./manifest.mjs";
import { inRoot, packageNames } from "./paths.mjs";
import { say } from "./say.mjs";
import { readStamp, writeStamp } from "./stamp.mjs";

/**
 * @typedef {object} Target
 * @property {string} what for the progress line
 * @property {readonly string[]} inputs files and folders that the result follows from
 * @property {readonly string[]} outputs some files of the result: when one is gone, it is made again
 * @property {string} stampFile
 * @property {() => Promise<void>} make
 */

const common = ["pnpm-lock.yaml", "tsconfig.base.json", "scripts"];

/** @type {Target} */
const product = {
  what: "building bft",
  inputs: [
    ...common,
    ...packageNames.flatMap((name) => ["src", "package.json", "tsconfig.json"].map((part) => `packages/${name}/${part}`)),
  ],
  outputs: [
    "packages/cli/bundle/main.js",
    "packages/cli/oclif.manifest.json",
    ...packageNames.map((name) => `packages/${name}/dist/.tsbuildinfo`),
  ],
  stampFile: inRoot("build", "product.stamp"),
  async make() {
    await compilePackages();
    await bundleCli();
    await writeManifest();
  },
};

/** @type {Target} */
const tests = {
  what: "compiling the tests",
  inputs: [...product.inputs, "tsconfig.test.json", "test", "bench", ...packageNames.map((name) => `packages/${name}/test`)],
  outputs: ["build/test/.tsbuildinfo"],
  stampFile: inRoot("build", "tests.stamp"),
  make: compileTests,
};

/**
 * @param {Target} target
 * @param {string} wanted
 */
function isMade(target, wanted) {
  return readStamp(target.stampFile) === wanted && target.outputs.every((file) => existsSync(inRoot(file)));
}

/** @param {Target} target */
async function ensureMade(target) {
  const inputs = () => fingerprint(target.inputs, [process.versions.node]);
  if (isMade(target, inputs())) return;
  await withLock(async () => {
    // Taken before the work: what changes while it runs makes the stamp wrong, not the result stale.
    const wanted = inputs();
    if (isMade(target, wanted)) return;
    say(`${target.what} ...`);
    await target.make();
    writeStamp(target.stampFile, wanted);
  });
}

/** Builds the packages and the bundled program unless they are up to date. */
export async function ensureBuilt() {
  await ensureMade(product);
}

/** Builds all, tests and benchmarks included, unless they are up to date. */
export async function ensureTestsBuilt() {
  await ensureMade(product);
  await ensureMade(tests);
}
