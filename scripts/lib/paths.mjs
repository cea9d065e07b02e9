// @ts-check
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the project's root folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

/**
 * Absolute path of something in the project.
 * @param {...string} parts
 */
export function inRoot(...parts) {
  return path.join(root, ...parts);
}

/** The workspace packages, dependencies first. */
export const packageNames = ["core", "net", "replica", "sim", "cli"];
