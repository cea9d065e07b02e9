// @ts-check
import { spawn } from "node:child_process";
import { ensureBuilt } from "./lib/built.mjs";
import { exitCodeOf } from "./lib/child.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { inRoot } from "./lib/paths.mjs";
import { runMain } from "./lib/say.mjs";

/**
 * Runs `bft` in its place: same terminal, same working folder, same signals, same exit code.
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
function becomeBft(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [inRoot("packages", "cli", "bin", "bft.js"), ...args], { stdio: "inherit" });
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
      process.on(signal, () => {
        // Ctrl-C on a terminal reaches the child by itself; a second one would mean "at once" to it.
        if (signal === "SIGINT" && process.stdin.isTTY) return;
        child.kill(signal);
      });
    }
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt();
  return becomeBft(["up", ...process.argv.slice(2)]);
});
