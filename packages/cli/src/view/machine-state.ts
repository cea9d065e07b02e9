import type { MachineStatus, RequestName, SlotStatus } from "@bft/core";
import { type Line, span } from "./line.js";
import { wordsOf } from "./protocol-words.js";
import { counted, fit, wrapped } from "./text.js";

/** As many slots are shown to a person, the last ones; all are in the JSON. */
const SLOTS_SHOWN_MAX = 12;
const TITLE_WIDTH = 14;
const DIGEST_LENGTH = 12;

/** A replica's protocol state, a row a part. @param width columns */
export function machineStateLines(status: MachineStatus, protocol: string, width: number): readonly Line[] {
  return [
    ...rowsOf(status, protocol).flatMap(([title, text]) =>
      wrapped(text, Math.max(20, width - TITLE_WIDTH)).map(
        (row, index): Line => [span(fit(index === 0 ? title : "", TITLE_WIDTH), "dim"), span(row)],
      ),
    ),
    ...slotLines(status.slots, protocol, width),
  ];
}

function rowsOf(status: MachineStatus, protocol: string): readonly (readonly [string, string])[] {
  const { view, primary, isPrimary, viewChange, wants, abstaining, transfer, checkpoint, checkpointVotes, waiting } = status;
  const words = wordsOf(protocol);
  const leads =
    primary === null ? `nobody known as ${words.primary}` : `${words.primary} ${primary}${isPrimary ? " (itself)" : ""}`;
  return [
    [words.view, `${view}, ${leads}; quorum ${status.quorum}`],
    ...(viewChange === null ? [] : [[words.viewChange, `to ${viewChange.view}, for it: ${ids(viewChange.votes)}`] as const]),
    ...(wants.length === 0 ? [] : [["wanted", wants.map((each) => `replica ${each.replica}: ${each.view}`).join(", ")] as const]),
    ["executed", `${status.lastExecuted}; log from ${status.lowWaterMark} to ${status.highWaterMark}`],
    [words.checkpoint, `${checkpoint.seq}, state ${checkpoint.stateDigest.slice(0, DIGEST_LENGTH)}`],
    ...checkpointVotes.map(({ seq, replicas }) => ["votes", `for ${words.checkpoint} ${seq}: ${ids(replicas)}`] as const),
    ["requests", `${counted(status.queued, "request")} not executed yet${named(waiting)}`],
    ...(abstaining === null
      ? []
      : [["abstains", `until ${words.checkpoint} ${abstaining.until ?? "(not known yet)"} is stable`] as const]),
    ...(transfer === null
      ? []
      : [["fetches", `the state at ${transfer.seq}: ${transfer.fetched} parts there, ${transfer.missing} missing`] as const]),
    [
      "keeps",
      Object.entries(status.retained)
        .map(([what, count]) => `${what} ${count}`)
        .join(", "),
    ],
  ];
}

function slotLines(slots: readonly SlotStatus[], protocol: string, width: number): readonly Line[] {
  const shown = slots.slice(-SLOTS_SHOWN_MAX);
  const hidden = slots.length - shown.length;
  const title = hidden > 0 ? `the last ${shown.length} of ${slots.length} slots` : counted(slots.length, "slot");
  return slots.length === 0
    ? []
    : [
        [span(title, "dim")],
        ...shown.flatMap((slot) =>
          wrapped(slotText(slot, protocol), Math.max(20, width - 4)).map((row, index) => [
            span(index === 0 ? "  " : "    "),
            span(row),
          ]),
        ),
      ];
}

/** `12 view 0 0123456789ab 1 request (0:17) pre-prepared, prepares 0 1 2, commits 0 1, committed, executed`. */
function slotText(slot: SlotStatus, protocol: string): string {
  const { seq, view, digest, requests, contains, prePrepared, prepares, prepared, commits, committed, executed, contrary } = slot;
  const words = wordsOf(protocol);
  const phase = (shows: "prePrepared" | "prepares" | "commits") =>
    words.phases.find((each) => each.shows === shows)?.name ?? null;
  const [first, second, third] = [phase("prePrepared"), phase("prepares"), phase("commits")];
  const parts = [
    ...(first === null || !prePrepared ? [] : [first]),
    ...(second === null || prepares.length === 0 ? [] : [`${second} ${ids(prepares)}${prepared ? " (enough)" : ""}`]),
    ...(third === null || commits.length === 0 ? [] : [`${third} ${ids(commits)}${committed ? " (enough)" : ""}`]),
    ...(executed ? ["executed"] : []),
    ...(contrary.length === 0 ? [] : [`otherwise: ${ids(contrary)}`]),
  ];
  const what =
    digest === null ? "nothing yet" : `${digest.slice(0, DIGEST_LENGTH)} ${counted(requests, "request")}${named(contains)}`;
  return `${seq} ${words.view} ${view} ${what} ${parts.join(", ")}`;
}

function named(requests: readonly RequestName[]): string {
  if (requests.length === 0) return "";
  return ` (${requests.map(({ client, timestamp }) => `${client}:${timestamp}`).join(" ")})`;
}

function ids(replicas: readonly number[]): string {
  return replicas.length === 0 ? "nobody" : replicas.join(" ");
}
