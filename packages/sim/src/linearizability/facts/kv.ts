import type { OperationResult } from "@bft/core";
import type { History, HistoryOperation } from "../history.js";
import { type Exchange, type Fact, factName, NOTHING, type ServiceFacts, type Touched } from "./facts.js";

/** An operation of the service kv, or null for one that it refuses in any state. */
type KvOperation =
  | { readonly word: "get" | "del"; readonly key: string }
  | { readonly word: "set"; readonly key: string; readonly value: string }
  | { readonly word: "cas"; readonly key: string; readonly expected: string; readonly next: string }
  | { readonly word: "scan"; readonly prefix: string };

type KeyOperation = Exclude<KvOperation, { readonly word: "scan" }>;

/** What is known of kv. It remembers what it has read of a request: use it for one check. */
export function kvFacts(): ServiceFacts {
  const known = new WeakMap<HistoryOperation, Exchange>();
  const exchange = (request: HistoryOperation) => {
    const read = known.get(request) ?? exchangeOf(request);
    known.set(request, read);
    return read;
  };
  return { anonymous: true, touches, changesNothing, exchange, alike: (history) => alike(history, exchange) };
}

function touches(operation: string): Touched {
  const read = readKv(operation);
  if (read === null) return NOTHING;
  return read.word === "scan" ? { keys: [], prefixes: [read.prefix] } : { keys: [read.key], prefixes: [] };
}

function changesNothing(operation: string, result: OperationResult | null): boolean {
  const read = readKv(operation);
  if (read === null || result?.ok === false) return true;
  switch (read.word) {
    case "get":
    case "scan":
      return true;
    case "del":
      return result !== null && result.value === null;
    case "cas":
      return result !== null && result.value === "no";
    case "set":
      return false;
  }
}

/** Values that are set to a key and that nobody asks for, or compares with, are all as good as the first of them. */
function alike(history: History, exchange: (request: HistoryOperation) => Exchange): History {
  const used = new Set<string>();
  for (const request of history) {
    const { uses, usesEverything } = exchange(request);
    if (usesEverything) return history;
    for (const fact of uses) used.add(factName(fact));
    for (const operation of request.operations) {
      const read = readKv(operation);
      if (read?.word === "cas") used.add(factName({ key: read.key, value: read.expected }));
    }
  }
  const first = new Map<string, string>();
  const rewritten = (operation: string) => {
    const read = readKv(operation);
    if (read?.word !== "set" || used.has(factName(read))) return operation;
    const same = first.get(read.key) ?? operation;
    first.set(read.key, same);
    return same;
  };
  return history.map((request) => ({ ...request, operations: request.operations.map(rewritten) }));
}

/** What a request needs is what its first operation on a key needs: a later one may find what the request itself wrote. */
function exchangeOf({ operations, results }: HistoryOperation): Exchange {
  const needs: Fact[] = [];
  const uses: Fact[] = [];
  const usesValuesOf: string[] = [];
  const leaves: Fact[] = [];
  const met = new Set<string>();
  let usesEverything = false;
  for (const [i, operation] of operations.entries()) {
    const read = readKv(operation);
    const result = results?.[i] ?? null;
    if (read === null || result?.ok === false) continue;
    if (read.word === "scan") {
      usesEverything = true;
      continue;
    }
    const used = usedBy(read, result);
    if (used === "any value") usesValuesOf.push(read.key);
    else if (used !== null) uses.push(used);
    // It found something else than it expects: another value, or none.
    if (read.word === "cas" && used === "any value") uses.push({ key: read.key, value: null });
    // Without an answer it has no need: it may have had no effect.
    if (used !== null && used !== "any value" && result !== null && !met.has(read.key)) needs.push(used);
    met.add(read.key);
    leaves.push(...leftBy(read, result));
  }
  return { needs, uses, usesValuesOf, usesEverything, leaves };
}

function usedBy(read: KeyOperation, result: OperationResult | null): Fact | "any value" | null {
  switch (read.word) {
    case "get":
      return result === null ? null : { key: read.key, value: result.value };
    case "del":
      if (result === null) return null;
      return result.value === null ? { key: read.key, value: null } : "any value";
    case "cas":
      return result?.value === "no" ? "any value" : { key: read.key, value: read.expected };
    case "set":
      return null;
  }
}

function leftBy(read: KeyOperation, result: OperationResult | null): readonly Fact[] {
  switch (read.word) {
    case "get":
      return [];
    case "del":
      return [{ key: read.key, value: null }];
    case "cas":
      return result?.value === "no" ? [] : [{ key: read.key, value: read.next }];
    case "set":
      return [{ key: read.key, value: read.value }];
  }
}

function readKv(operation: string): KvOperation | null {
  const [word = "", rest = ""] = splitOnce(operation);
  const parts = rest.split(" ");
  const [key = "", expected = "", next = ""] = parts;
  switch (word) {
    case "get":
    case "del":
      return parts.length === 1 && key !== "" ? { word, key } : null;
    case "set": {
      const [, value] = splitOnce(rest);
      return key === "" || value === undefined ? null : { word, key, value };
    }
    case "cas":
      return parts.length === 3 && !parts.includes("") ? { word, key, expected, next } : null;
    case "scan":
      return /\s/.test(rest) ? null : { word, prefix: rest };
    default:
      return null;
  }
}

function splitOnce(text: string): readonly [string, string?] {
  const at = text.indexOf(" ");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
