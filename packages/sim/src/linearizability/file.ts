import type { OperationResult } from "@bft/core";
import type { History, HistoryOperation } from "./history.js";
import { flawOf } from "./sanity.js";

/** A history as it stands in a file: docs/history-format.md. */
export interface HistoryFile {
  /** Name of the service that the requests were made to. */
  readonly service: string;
  readonly history: History;
}

export type ParsedHistory =
  | { readonly ok: true; readonly file: HistoryFile }
  /** One sentence: which entry, which field, what was expected and what came. */
  | { readonly ok: false; readonly error: string };

const VERSION = 1;
/** Longest text that is looked at, in UTF-16 code units. */
const TEXT_LENGTH_MAX = 64 * 1024 * 1024;
const ENTRIES_MAX = 200_000;
/** Operations of one request. */
const OPERATIONS_MAX = 10_000;

/** Reads a history file that anybody may have written. Never throws. */
export function parseHistory(text: string): ParsedHistory {
  if (text.length > TEXT_LENGTH_MAX)
    return { ok: false, error: `the file has ${text.length} characters; a history has at most ${TEXT_LENGTH_MAX}` };
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  try {
    return { ok: true, file: readFile(parsed.value) };
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { ok: false, error: error.message };
  }
}

export function formatHistory({ service, history }: HistoryFile): string {
  const lines = history.map((operation) => `    ${JSON.stringify(plain(operation))}`);
  const list = lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n  ]`;
  return `{\n  "version": ${VERSION},\n  "service": ${JSON.stringify(service)},\n  "operations": ${list}\n}\n`;
}

/** The fields of the format in its order, whatever else the object carries. */
function plain({ client, id, operations, readOnly, invoked, returned, results }: HistoryOperation): HistoryOperation {
  return {
    client,
    id,
    operations,
    readOnly,
    invoked,
    returned,
    results: results?.map(({ ok, value }) => ({ ok, value })) ?? null,
  };
}

/** The text says something else than a history. Its message is for a person. */
class Unfit extends Error {}

function parseJson(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    // A RangeError: nested too deep.
    const why = error instanceof Error ? error.message : "unreadable";
    return { ok: false, error: `the file is not JSON: ${why}` };
  }
}

function readFile(value: unknown): HistoryFile {
  const { version, service, operations } = fieldsOf(value, "the file", ["version", "service", "operations"]);
  if (version !== VERSION) throw expected("version", `${VERSION}, the only version that this program knows`, version);
  const history = listOf(operations, "operations", ENTRIES_MAX).map((each, i) => readOperation(each, `operation ${i}`));
  const flaw = flawOf(history);
  if (flaw !== null) throw new Unfit(`operation ${flaw.index}: ${flaw.what}`);
  return { service: textOf(service, "service"), history };
}

function readOperation(value: unknown, at: string): HistoryOperation {
  const names = ["client", "id", "operations", "readOnly", "invoked", "returned", "results"];
  const { client, id, operations, readOnly, invoked, returned, results } = fieldsOf(value, at, names);
  if (typeof readOnly !== "boolean") throw expected(`${at}: readOnly`, "true or false", readOnly);
  return {
    client: wholeOf(client, `${at}: client`),
    id: wholeOf(id, `${at}: id`),
    operations: listOf(operations, `${at}: operations`, OPERATIONS_MAX).map((each, i) => textOf(each, `${at}: operations[${i}]`)),
    readOnly,
    invoked: timeOf(invoked, `${at}: invoked`),
    returned: returned === null ? null : timeOf(returned, `${at}: returned`),
    results:
      results === null
        ? null
        : listOf(results, `${at}: results`, OPERATIONS_MAX).map((each, i) => readResult(each, `${at}: results[${i}]`)),
  };
}

function readResult(from: unknown, at: string): OperationResult {
  const { ok, value } = fieldsOf(from, at, ["ok", "value"]);
  if (typeof ok !== "boolean") throw expected(`${at}: ok`, "true or false", ok);
  return { ok, value: value === null ? null : textOf(value, `${at}: value`) };
}

/** All of these fields and no other. */
function fieldsOf(value: unknown, at: string, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw expected(at, "an object", value);
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Unfit(`${at} has a field ${shown(unknown)}; the fields are ${names.join(", ")}`);
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw new Unfit(`${at} has no field ${missing}`);
  return value as Readonly<Record<string, unknown>>;
}

function listOf(value: unknown, at: string, countMax: number): readonly unknown[] {
  if (!Array.isArray(value)) throw expected(at, "a list", value);
  if (value.length > countMax) throw new Unfit(`${at}: at most ${countMax} entries were expected, got ${value.length}`);
  return value;
}

function textOf(value: unknown, at: string): string {
  if (typeof value !== "string") throw expected(at, "a text", value);
  return value;
}

function wholeOf(value: unknown, at: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw expected(at, "a whole number >= 0", value);
  return value;
}

function timeOf(value: unknown, at: string): number {
  // JSON has no infinity, but 1e999 reads as one.
  if (typeof value !== "number" || !Number.isFinite(value)) throw expected(at, "a finite number", value);
  return value;
}

function expected(at: string, what: string, got: unknown): Unfit {
  return new Unfit(`${at}: expected ${what}, got ${shown(got)}`);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text;
}
