import { InvariantError, type Store, StoreError } from "@bft/core";
import { SCAN_LIMIT, STORE_CALL_STEPS, STORE_ENTRY_STEPS } from "./limits.js";
import type { Meter } from "./meter.js";
import type { Realm } from "./realm.js";

/** The store as a service sees it: it costs steps, says what is wrong with an argument, and gives objects of the service's realm. */
export function storeView(store: Store, realm: Realm, meter: Meter): object {
  function called<T>(call: () => T): T {
    meter.charge(STORE_CALL_STEPS);
    try {
      return call();
    } catch (error) {
      if (error instanceof StoreError) throw realm.error(error.message);
      // The state itself is damaged: nothing that a service may go on from.
      if (error instanceof InvariantError) return meter.fail(error);
      throw error;
    }
  }
  function text(what: string, value: unknown): string {
    if (typeof value === "string") return value;
    throw realm.error(
      `${what} is a text, not ${value === null ? "null" : `of type ${typeof value}`}; String(x) makes a text of x`,
    );
  }
  function scan(from: unknown = "", to: unknown = null, limit: unknown = SCAN_LIMIT): object {
    const end = to === null ? null : text("the end of a scan", to);
    const start = text("the start of a scan", from);
    if (typeof limit !== "number" || !Number.isSafeInteger(limit) || limit < 0)
      throw realm.error("the limit of a scan is a whole number >= 0");
    const entries = called(() => store.scan(start, end, Math.min(limit, SCAN_LIMIT)));
    meter.charge(entries.length * STORE_ENTRY_STEPS);
    return realm.list(entries.map(([key, value]) => realm.list([key, value])));
  }
  return realm.frozen({
    get: (key: unknown) => called(() => store.get(text("a key", key))),
    put: (key: unknown, value: unknown) => called(() => store.put(text("a key", key), text("a value", value))),
    delete: (key: unknown) => called(() => store.delete(text("a key", key))),
    scan,
  });
}
