import type { ExecutedRequest, Happening, OperationResult, TraceEvent } from "@bft/core";
import { formatStatement, shortDigest } from "./statement.js";
import { idList, quoted } from "./text.js";

/**
 * An event as one line for people: when, who, what. Equal events give equal lines, and no line holds a character that a terminal
 * would obey. Digests are cut to their first 8 digits; the whole of them is in the event itself.
 */
export function formatEvent(event: TraceEvent): string {
  return `${timeText(event.at).padStart(9)} ms  ${actor(event).padEnd(10)}  ${happeningText(event)}`;
}

/** What happened in words, without when and to whom. */
export function happeningText(happening: Happening): string {
  return safe(deed(happening));
}

/**
 * Whether an event belongs into the trace of a transcript: what replicas decide, what they say that binds them, what clients see,
 * and what the world does to them. Not the way of each message, nor what replicas ask each other for.
 */
export function isImportant(event: TraceEvent): boolean {
  switch (event.kind) {
    case "delivered":
    case "lost":
    case "took":
    case "relayed":
    case "timer-fired":
    case "dropped":
    case "retained":
    case "replied":
      return false;
    case "sent":
      return event.statement.kind !== "other";
    default:
      return true;
  }
}

/** To the microsecond, without noughts behind. */
function timeText(at: number): string {
  return String(Math.round(at * 1000) / 1000);
}

function actor(event: Happening): string {
  if ("replica" in event) return `replica ${event.replica}`;
  if ("client" in event) return `client ${event.client}`;
  return event.kind === "delivered" || event.kind === "lost" ? "network" : "world";
}

function deed(event: Happening): string {
  switch (event.kind) {
    case "started": {
      const how = event.abstaining ? ", abstains" : "";
      return `starts: view ${event.view}, executed ${event.lastExecuted}, stable ${event.lowWaterMark}${how}`;
    }
    case "crashed":
      return "crashes";
    case "disk-lost":
      return "loses its disk";
    case "behaves":
      return event.behaviour === null ? "is honest again" : `lies from now on: ${event.behaviour}`;
    case "broke":
      return `stops, for a bug: ${event.error}`;
    case "sent":
      return `to ${idList(event.to)}: ${formatStatement(event.statement)}`;
    case "replied": {
      const { client, timestamp, seq, view, results } = event;
      return `replies to client ${client} #${timestamp}: ${resultsText(results)} at ${seq} in view ${view}`;
    }
    case "executed":
      return `executes ${event.seq} in view ${event.view}: ${shortDigest(event.digest)} ${requestsText(event.requests)}`;
    case "checkpoint-stable":
      return `checkpoint ${event.seq} is stable: state ${shortDigest(event.stateDigest)}`;
    case "state-installed":
      return `installs the state at ${event.seq}: ${shortDigest(event.stateDigest)}`;
    case "abstaining":
      return event.until === null ? "abstains from voting" : `abstains from voting until checkpoint ${event.until} is stable`;
    case "votes-again":
      return `votes again from ${event.seq} on`;
    case "view-change-started":
      return `wants view ${event.view}: ${event.because}`;
    case "view-entered":
      return `enters view ${event.view} with primary ${event.primary}`;
    case "relayed":
      return `passes on to ${idList(event.to)}: ${event.message} of ${event.signer}`;
    case "took":
      return `takes ${tookText(event)}`;
    case "timer-fired":
      return `finds the time of ${event.timer} over`;
    case "refused":
      return `refuses ${event.peer ?? "an unknown peer"}: ${event.reason}`;
    case "link-fault":
      return `has links to ${idList(event.towards)} that are ${event.fault ?? "sound again"}`;
    case "dropped":
      return `drops ${event.message} from ${event.from}: ${event.reason}`;
    case "evidence":
      return `has evidence against replica ${event.accused}: ${formatStatement(event.first)} / ${formatStatement(event.second)}`;
    case "retained":
      return `keeps ${Object.entries(event.retained)
        .map(([what, count]) => `${what} ${count}`)
        .join(", ")}`;
    case "invoked":
      return `asks #${event.timestamp} ${event.readOnly ? "to read " : ""}${event.operations.map(quoted).join(", ")}`;
    case "fell-back":
      return `asks #${event.from} again as #${event.timestamp}, to be ordered`;
    case "answered":
      return `is answered #${event.timestamp}: ${resultsText(event.results)} at ${event.seq}`;
    case "client-behaves":
      return `lies from now on: ${event.behaviour}`;
    case "fault":
      return event.what;
    case "healed":
      return `heals; ${idList(event.core)} must finish within ${timeText(event.withinMs)} ms`;
    case "delivered":
      return `${event.from} -> ${event.to}: ${event.message}`;
    case "lost":
      return `${event.from} -x ${event.to}: ${event.message} is lost, ${event.because}`;
  }
}

function tookText({ message, signer, via, view, seq, timestamp }: Extract<Happening, { kind: "took" }>): string {
  const about = [
    ...(view === null ? [] : [`view ${view}`]),
    ...(seq === null ? [] : [`seq ${seq}`]),
    ...(timestamp === null ? [] : [`#${timestamp}`]),
  ];
  return [message, ...about, "of", signer, ...(via === signer ? [] : ["from", via])].join(" ");
}

function requestsText(requests: readonly ExecutedRequest[]): string {
  if (requests.length === 0) return "nothing";
  return requests
    .map(
      ({ client, timestamp, operations, results }) =>
        `client ${client} #${timestamp} ${operations.map(quoted).join(", ")} = ${resultsText(results)}`,
    )
    .join("; ");
}

function resultsText(results: readonly OperationResult[]): string {
  return results
    .map(({ ok, value }) => (ok ? (value === null ? "no value" : quoted(value)) : `refused (${quoted(value ?? "")})`))
    .join(", ");
}

/** Texts that come from inside a run, such as a reason, in one line and harmless. */
function safe(text: string): string {
  // What is quoted already is printable ASCII at these places, so nothing is escaped twice.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what it is for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/g, (sign) => quoted(sign).slice(1, -1)).trimEnd();
}
