import { nobleScheme } from "./noble.js";
import { nodeScheme } from "./node.js";
import { noneScheme } from "./none.js";
import type { SchemeName, SignatureScheme } from "./scheme.js";
import { failedSelfTest } from "./self-test.js";
import { loadSodium, sodiumScheme } from "./sodium.js";

/**
 * The signature implementation to use; `auto` is sodium, or node where sodium-native can not be loaded. Each is put to the
 * known answers of the self-test first, so that a library update that moves the predicate can not split a cluster. `none` is for
 * measuring only, and has to be asked for by name.
 * @throws TypeError when the one asked for can not be had or fails the self-test, or when the name is unknown.
 */
export function selectScheme(name: "auto" | SchemeName): SignatureScheme {
  if (name === "auto") return trySodium().scheme ?? passing(nodeScheme());
  if (name === "noble") return passing(nobleScheme());
  if (name === "node") return passing(nodeScheme());
  if (name === "none") return noneScheme(selectScheme("auto"));
  if (name !== "sodium") throw new TypeError(`unknown signature scheme "${name}"; there are auto, sodium, node, noble and none`);
  const { scheme, reason } = trySodium();
  if (scheme === null) throw new TypeError(`signature scheme sodium can not be used: ${reason}; use node or auto`);
  return scheme;
}

function trySodium(): { scheme: SignatureScheme | null; reason: string } {
  const sodium = loadSodium();
  if (sodium === null) return { scheme: null, reason: "sodium-native does not load on this machine" };
  const scheme = sodiumScheme(sodium);
  const failed = failedSelfTest(scheme);
  return failed === null ? { scheme, reason: "" } : { scheme: null, reason: failed };
}

function passing(scheme: SignatureScheme): SignatureScheme {
  const failed = failedSelfTest(scheme);
  if (failed !== null) throw new TypeError(`signature scheme ${scheme.name} can not be used: ${failed}`);
  return scheme;
}
