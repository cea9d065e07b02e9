import { clientId, MerkleStore, OperationError, type OperationResult, type Store, seqNum } from "@bft/core";
import { parse } from "acorn";
import MagicString from "magic-string";
import { instrument } from "../../../src/user-service/instrument.js";
import { UserService } from "../../../src/user-service/user-service.js";

/** A service whose module has these statements; the last of them returns the default export. Instrumented, not bundled. */
export function serviceOf(statements: string, onEngineError?: (message: string) => void): UserService {
  const source = `var $exports = (() => { "use strict"; return { default: (() => {\n${statements}\n})() }; })();`;
  const text = new MagicString(source);
  instrument(text, parse(source, { ecmaVersion: "latest", sourceType: "script", preserveParens: true }), "$m");
  const code = `(function ($m) { "use strict"; ${text}\nreturn $exports; })`;
  return new UserService({ code, defaultName: "test", ...(onEngineError && { onEngineError }) });
}

/** A service whose `execute` has this body. */
export function serviceWith(body: string): UserService {
  return serviceOf(`return function execute(store, operation, context) {\n${body}\n};`);
}

/** One operation; what the service throws is the failed result that the replica would make of it. */
export function run(service: UserService, operation = "", store: Store = new MerkleStore()): OperationResult {
  try {
    return service.execute(store, operation, { client: clientId(3), seq: seqNum(7) });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return { ok: false, value: error.message };
  }
}
