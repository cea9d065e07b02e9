import { type OperationResult, refused, succeeded } from "@bft/core";

/** Makes an operation's result of what `execute` returned. May run code of the service (getters). */
export function resultOf(returned: unknown): OperationResult {
  const text = textOf(returned);
  if (text !== undefined) return succeeded(text);
  if (typeof returned === "object" && returned !== null) return resultOfObject(returned as Record<string, unknown>);
  return notAResult(returned);
}

function resultOfObject(returned: Record<string, unknown>): OperationResult {
  if (typeof returned["then"] === "function") return refused("execute returned a promise, but a service answers at once");
  const { ok, value } = returned;
  if (typeof ok !== "boolean") return notAResult(returned);
  const text = textOf(value);
  return text === undefined ? notAResult(value) : { ok, value: text };
}

/** A text, or null for "no value"; undefined when it is neither. Numbers and truth values have one way to be written. */
function textOf(value: unknown): string | null | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint" ? String(value) : undefined;
}

function notAResult(value: unknown): OperationResult {
  const what = Array.isArray(value) ? "an array" : typeof value === "object" ? "an object" : `a ${typeof value}`;
  return refused(
    `execute returned ${what}; it may return a text, a number, null or { ok, value } (JSON.stringify makes a text of the rest)`,
  );
}
