import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

function findRoot(from: string): string {
  return existsSync(path.join(from, "pnpm-workspace.yaml")) ? from : findRoot(path.dirname(from));
}

/** The project's folder. Tests run from build/test, so their own place does not tell it. */
const projectRoot = findRoot(path.dirname(fileURLToPath(import.meta.url)));

/** Absolute path of something in the project. */
export function inProject(...parts: readonly string[]): string {
  return path.join(projectRoot, ...parts);
}
