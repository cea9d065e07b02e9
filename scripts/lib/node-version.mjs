// @ts-check
import { UserError } from "./say.mjs";

const oldest = /** @type {const} */ ([20, 19]);

/** @throws {UserError} when this Node is older than the project supports. */
export function checkNodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [oldestMajor, oldestMinor] = oldest;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new UserError(
    `this is Node ${process.versions.node}, the project needs ${oldest.join(".")} or newer: install a newer Node and run the command again`,
  );
}
