// @ts-check
import { spawn } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import { say } from "./say.mjs";

/** As test/support/browser.ts looks for them. */
const names = ["chromium", "chromium-browser", "google-chrome"];

/** Debian's installer of packages. */
const installer = "apt-get";

/** Updating the list of packages and installing may take so long each, before the tests go on without. */
const updateMs = 60_000;
const installMs = 180_000;

/** @param {string} name */
function isOnPath(name) {
  return (process.env.PATH ?? "").split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, name), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}

/**
 * Runs apt-get without questions, and ends it when it takes too long.
 * @param {readonly string[]} args
 * @param {number} timeoutMs
 * @returns {Promise<boolean>} whether it worked
 */
function aptGet(args, timeoutMs) {
  return new Promise((resolve) => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const child = spawn(installer, ["-qq", "-o", "DPkg::Lock::Timeout=30", ...args], {
      env,
      stdio: "ignore",
      timeout: timeoutMs,
    });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}

/**
 * The page that `bft trace` writes is tested in a real browser. Where there is none, Debian's is installed, if that is ours to do: as root
 * on Debian. Otherwise that test is pending and says how to get one.
 */
export async function ensureBrowser() {
  if (process.env.CHROMIUM || names.some(isOnPath)) return;
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version") || !isOnPath(installer)) return;
  say("installing Chromium, to test pages in (apt-get) ...");
  const install = ["install", "-y", "--no-install-recommends", "chromium"];
  const worked = (await aptGet(["update"], updateMs)) && (await aptGet(install, installMs));
  if (!worked) say("Chromium could not be installed; install it with: apt-get install chromium");
}
