import { refused, type Service, succeeded } from "../service.js";
import type { Store } from "../store/store.js";

const USAGE = "get <key> | set <key> <value> | del <key> | cas <key> <old> <new> | scan <prefix>";
/** Entries that one `scan` returns at the most. */
const SCAN_LIMIT = 100;

/** A key-value store. A value is the rest of the line and may hold spaces; keys and `cas` words may not. */
export const kv: Service = { name: "kv", usage: USAGE, execute };

function execute(store: Store, operation: string): ReturnType<Service["execute"]> {
  const [word = "", rest = ""] = splitOnce(operation);
  switch (word) {
    case "get":
      return words(rest, 1) ? succeeded(store.get(rest) ?? null) : wrongUse("get <key>", operation);
    case "set": {
      const [key = "", value] = splitOnce(rest);
      if (key === "" || value === undefined) return wrongUse("set <key> <value>", operation);
      store.put(key, value);
      return succeeded("ok");
    }
    case "del":
      return words(rest, 1) ? succeeded(store.delete(rest) ? "deleted" : null) : wrongUse("del <key>", operation);
    case "cas": {
      const parts = words(rest, 3);
      if (parts === null) return wrongUse("cas <key> <old> <new>", operation);
      const [key, expected, next] = parts as [string, string, string];
      if (store.get(key) !== expected) return succeeded("no");
      store.put(key, next);
      return succeeded("yes");
    }
    case "scan": {
      if (/\s/.test(rest)) return wrongUse("scan <prefix>", operation);
      const entries = store.scan(rest, null, SCAN_LIMIT).filter(([key]) => key.startsWith(rest));
      return succeeded(entries.map(([key, value]) => `${key}=${value}`).join("\n"));
    }
    default:
      return refused(`kv has no operation "${word.slice(0, 40)}"; it knows: ${USAGE}`);
  }
}

/** The words of `text` when there are exactly `count`, else null. */
function words(text: string, count: number): readonly string[] | null {
  const parts = text.split(" ");
  return parts.length === count && parts.every((part) => part !== "") ? parts : null;
}

function splitOnce(text: string): readonly [string, string?] {
  const at = text.indexOf(" ");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function wrongUse(expected: string, operation: string): ReturnType<Service["execute"]> {
  return refused(`expected "${expected}", got "${operation.slice(0, 80)}"`);
}
