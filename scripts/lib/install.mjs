// @ts-check
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fingerprint } from "./fingerprint.mjs";
import { withLock } from "./lock.mjs";
import { checkNodeVersion } from "./node-version.mjs";
import { inRoot, packageNames } from "./paths.mjs";
import { pnpm, pnpmVersion } from "./pnpm.mjs";
import { say, UserError } from "./say.mjs";
import { readStamp, writeStamp } from "./stamp.mjs";

const attempts = 2;
/** Inside node_modules, so that removing that folder removes the claim that it is complete. */
const stampFile = inRoot("node_modules", ".cache", "bft", "install");
const logFile = "build/install.log";
const networkErrors = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|META_FETCH_FAIL|ERR_SOCKET/;

/** What the content of node_modules follows from. */
function inputs() {
  const manifests = packageNames.map((name) => `packages/${name}/package.json`);
  const places = ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", ".npmrc", ...manifests];
  return fingerprint(places, [process.platform, process.arch]);
}

/** @param {string} wanted */
function isInstalled(wanted) {
  return readStamp(stampFile) === wanted && existsSync(inRoot("node_modules", ".modules.yaml"));
}

/** @param {string} output */
function reasonOf(output) {
  const again = "then run the command again";
  if (output.includes("ERR_PNPM_OUTDATED_LOCKFILE"))
    return `pnpm-lock.yaml does not match the package.json files; run \`npx --yes pnpm@${pnpmVersion()} install\`, ${again}`;
  if (networkErrors.test(output))
    return `the package registry could not be reached; check the network, ${again} (details: ${logFile})`;
  return `the dependencies could not be installed; ${logFile} says why`;
}

async function install() {
  say(`installing dependencies (pnpm ${pnpmVersion()}) ...`);
  let output = "";
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) say("that did not work; trying once more ...");
    const outcome = await pnpm(["install", "--frozen-lockfile", "--prod=false", "--reporter=append-only"]);
    if (outcome.code === 0) return;
    output = outcome.output;
    if (output.includes("ERR_PNPM_OUTDATED_LOCKFILE")) break;
  }
  mkdirSync(inRoot("build"), { recursive: true });
  writeFileSync(inRoot(logFile), output);
  throw new UserError(reasonOf(output));
}

/** Installs the dependencies unless they already match the lockfile. */
export async function ensureInstalled() {
  checkNodeVersion();
  if (isInstalled(inputs())) return;
  await withLock(async () => {
    const wanted = inputs();
    if (isInstalled(wanted)) return;
    await install();
    writeStamp(stampFile, wanted);
  });
}
