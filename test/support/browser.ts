import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** As scripts/lib/browser.mjs looks for them, which installs one where it may. */
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** What to do when there is none. */
export const HOW_TO_GET_ONE =
  "no Chromium was found; on Debian: apt-get install chromium; elsewhere name one by CHROMIUM=/path/to/chrome";

/** Path of a Chromium, that of CHROMIUM or one on the PATH; null when there is none. */
export function findBrowser(): string | null {
  const named = process.env["CHROMIUM"];
  if (named) return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
