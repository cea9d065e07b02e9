// @ts-check
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inRoot } from "./paths.mjs";
import { say } from "./say.mjs";

const heartbeatMs = 1_000;
/** A holder that has not touched its lock for this long is gone, or stopped: a process id alone may be used again. */
const staleMs = 20_000;

const lockDir = inRoot("build", ".lock");
const ownerFile = path.join(lockDir, "pid");

/** @param {string} dir */
function makeDir(dir) {
  try {
    mkdirSync(dir);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
}

/** @param {string} dir */
function ageMs(dir) {
  const stat = statSync(dir, { throwIfNoEntry: false });
  return stat === undefined ? 0 : Date.now() - stat.mtimeMs;
}

/** Null while its holder is just making or removing it, or when it died in between; then the age tells. */
function ownerPid() {
  try {
    return Number(readFileSync(ownerFile, "utf8")) || null;
  } catch {
    return null;
  }
}

function ownerIsGone() {
  const pid = ownerPid();
  if (pid === null) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH";
  }
}

function isStale() {
  return ageMs(lockDir) > staleMs || ownerIsGone();
}

/** Removes a stale lock. Only one process at a time may do it: a second one would remove the lock that the first then took. */
function removeStale() {
  const broom = `${lockDir}.broom`;
  if (ageMs(broom) > staleMs) rmSync(broom, { recursive: true, force: true });
  if (!makeDir(broom)) return;
  try {
    if (isStale()) rmSync(lockDir, { recursive: true, force: true });
  } finally {
    rmSync(broom, { recursive: true, force: true });
  }
}

/**
 * Runs `work` while no other process of this project folder installs or builds.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(work) {
  mkdirSync(path.dirname(lockDir), { recursive: true });
  let told = false;
  while (!makeDir(lockDir)) {
    if (isStale()) {
      removeStale();
      continue;
    }
    if (!told) say("another run is installing or building; waiting for it");
    told = true;
    await sleep(100);
  }
  writeFileSync(ownerFile, String(process.pid));
  const heartbeat = setInterval(() => {
    if (ownerPid() === process.pid) utimesSync(lockDir, new Date(), new Date());
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    // After a long stop (a laptop that slept) the lock may belong to somebody else.
    if (ownerPid() === process.pid) rmSync(lockDir, { recursive: true, force: true });
  }
}
