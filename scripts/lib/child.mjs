// @ts-check
import { spawn } from "node:child_process";
import { constants } from "node:os";
import path from "node:path";
import { inRoot, root } from "./paths.mjs";

/**
 * @typedef {object} Outcome
 * @property {number} code exit code, 128 + the signal's number when a signal ended it
 * @property {string} output what it printed, both streams, when they were captured
 */

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
export function exitCodeOf(code, signal) {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/**
 * Runs a command in the project's root, unless another folder is named, and waits for its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ capture?: boolean, env?: NodeJS.ProcessEnv, cwd?: string }} [options] `capture` gathers the output instead of showing it
 * @returns {Promise<Outcome>}
 */
export function run(command, args, { capture = false, env = process.env, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    // On Windows npx and pnpm are scripts that only a shell can start.
    const shell = process.platform === "win32" && !path.isAbsolute(command);
    const child = spawn(command, args, { cwd, env, shell, stdio: capture ? ["ignore", "pipe", "pipe"] : "inherit" });
    let output = "";
    /** @param {string} text */
    const gather = (text) => {
      output += text;
    };
    child.stdout?.setEncoding("utf8").on("data", gather);
    child.stderr?.setEncoding("utf8").on("data", gather);
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code: exitCodeOf(code, signal), output }));
  });
}

/**
 * Runs a tool that is installed in the project, by the path of its entry file: no shell, no .bin shim.
 * @param {string} entry below node_modules, such as "mocha/bin/mocha.js"
 * @param {readonly string[]} args
 * @param {{ capture?: boolean }} [options]
 */
export function runTool(entry, args, options) {
  return run(process.execPath, [inRoot("node_modules", ...entry.split("/")), ...args], options);
}
