// @ts-check
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";

/**
 * The files below some folders or files of the project, sorted; what does not exist is left out.
 * @param {readonly string[]} places relative to the root
 * @returns {string[]} relative to the root
 */
function filesBelow(places) {
  /** @type {string[]} */
  const files = [];
  /** @param {string} place */
  const visit = (place) => {
    const stat = statSync(path.join(root, place), { throwIfNoEntry: false });
    if (stat?.isFile()) files.push(place);
    if (stat?.isDirectory()) for (const name of readdirSync(path.join(root, place))) visit(path.join(place, name));
  };
  places.forEach(visit);
  return files.sort();
}

/**
 * A hash over the names and contents of files, and over what else decides the outcome. Contents, not times: a checkout or a
 * copy changes times only, and reading the whole project takes some 20 ms.
 * @param {readonly string[]} places files and folders, relative to the root
 * @param {readonly string[]} facts
 */
export function fingerprint(places, facts) {
  const hash = createHash("sha256").update(JSON.stringify(facts));
  for (const file of filesBelow(places)) {
    const content = readFileSync(path.join(root, file));
    hash.update(`\0${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}
