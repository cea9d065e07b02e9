import type { ClientHappening, ReplicaHappening, TraceEvent } from "@bft/core";

type Kind = ReplicaHappening["kind"] | ClientHappening["kind"];
type FieldType = "number" | "string" | "boolean" | "list" | "object" | "number?" | "string?";

/** What each event must have, beside `at` and who it is of. */
const SHAPES: { readonly [K in Kind]: Readonly<Record<string, FieldType>> } = {
  started: { view: "number", lastExecuted: "number", lowWaterMark: "number", abstaining: "boolean" },
  crashed: {},
  "disk-lost": {},
  behaves: { behaviour: "string?" },
  broke: { error: "string" },
  sent: { id: "string", to: "list", statement: "object" },
  relayed: { id: "string", to: "list", signer: "string", message: "string" },
  took: {
    id: "string",
    via: "string",
    signer: "string",
    message: "string",
    view: "number?",
    seq: "number?",
    timestamp: "number?",
  },
  "timer-fired": { timer: "string" },
  replied: {
    id: "string",
    client: "number",
    timestamp: "number",
    seq: "number",
    view: "number",
    ordered: "boolean",
    results: "list",
  },
  executed: { seq: "number", view: "number", digest: "string", requests: "list" },
  "checkpoint-stable": { seq: "number", stateDigest: "string" },
  "state-installed": { seq: "number", stateDigest: "string" },
  abstaining: { until: "number?" },
  "votes-again": { seq: "number" },
  "view-change-started": { view: "number", because: "string" },
  "view-entered": { view: "number", primary: "number" },
  refused: { peer: "string?", reason: "string" },
  "link-fault": { towards: "list", fault: "string?" },
  dropped: {
    id: "string?",
    from: "string",
    message: "string",
    reason: "string",
  },
  evidence: { accused: "number", first: "object", second: "object" },
  retained: { retained: "object" },
  invoked: { timestamp: "number", operations: "list", readOnly: "boolean" },
  "fell-back": { from: "number", timestamp: "number" },
  answered: { timestamp: "number", seq: "number", results: "list" },
  "client-behaves": { behaviour: "string" },
};

/** A parsed line as an event of that replica or client, or null when it is none. What is inside its lists is not looked at. */
export function eventOf(value: unknown, of: { readonly replica: number } | { readonly client: number }): TraceEvent | null {
  if (!isObject(value) || typeof value["at"] !== "number" || !Number.isFinite(value["at"])) return null;
  const [[who, id] = ["", -1]] = Object.entries(of);
  if (value[who] !== id) return null;
  const shape = SHAPES[value["kind"] as Kind] as (typeof SHAPES)[Kind] | undefined;
  if (shape === undefined) return null;
  for (const [field, type] of Object.entries(shape)) if (!has(value[field], type)) return null;
  return value as TraceEvent;
}

function has(value: unknown, type: FieldType): boolean {
  switch (type) {
    case "number":
      return Number.isFinite(value);
    case "string":
    case "boolean":
      return typeof value === type;
    case "list":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "number?":
      return value === null || Number.isFinite(value);
    case "string?":
      return value === null || typeof value === "string";
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
