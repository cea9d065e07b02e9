import type { RequestName } from "@bft/core";
import { misuse } from "../../errors.js";

/** What a person asks about: a sequence number, or a client's request. */
export type Subject = { readonly kind: "seq"; readonly seq: number } | ({ readonly kind: "request" } & RequestName);

/** `12`, or `3:1760000000000000` as `bft submit` names a request. @throws CliError for anything else. */
export function subjectOf(text: string): Subject {
  const seq = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(seq)) {
    if (seq > 0) return { kind: "seq", seq };
    throw misuse("nothing is ordered under 0; the first one is: bft explain 1");
  }
  const [, client, timestamp] = /^(\d+):(\d+)$/.exec(text) ?? [];
  const request = { client: Number(client ?? Number.NaN), timestamp: Number(timestamp ?? Number.NaN) };
  if (Number.isSafeInteger(request.client) && Number.isSafeInteger(request.timestamp)) return { kind: "request", ...request };
  throw misuse(
    `"${text}" names nothing that could be explained; give a sequence number, such as 12, or a request as bft submit names it, such as 0:1760000000000000`,
  );
}

/** A request as it is told to people and accepted from them. */
export function requestText({ client, timestamp }: RequestName): string {
  return `${client}:${timestamp}`;
}

export function sameRequest(a: RequestName, b: RequestName): boolean {
  return a.client === b.client && a.timestamp === b.timestamp;
}
