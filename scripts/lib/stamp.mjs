// @ts-check
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * What the last complete run of a step was made from, or null.
 * @param {string} file
 */
export function readStamp(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/**
 * Written in one piece and only once the step is complete, so that a run that was cut short is done again.
 * @param {string} file
 * @param {string} fingerprint
 */
export function writeStamp(file, fingerprint) {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, fingerprint);
  renameSync(draft, file);
}
