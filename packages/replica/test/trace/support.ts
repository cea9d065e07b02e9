import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReplicaHappening, TraceEvent } from "@bft/core";
import type { RingBounds } from "../../src/ring.js";
import { TraceReader, type TraceSummary } from "../../src/trace/trace-reader.js";
import { TraceWriter } from "../../src/trace/trace-writer.js";

export const CLUSTER = "c0".repeat(16);
const BOOT = "boot-1";

/** Folders of one test file; `remove` deletes them all. */
export class Folders {
  readonly #made: string[] = [];

  make(): string {
    const folder = mkdtempSync(join(tmpdir(), "bft-trace-"));
    this.#made.push(folder);
    return folder;
  }

  remove(): void {
    for (const folder of this.#made) rmSync(folder, { recursive: true, force: true });
  }
}

export interface WriterOther {
  readonly boot?: string;
  readonly traced?: boolean;
  readonly bounds?: RingBounds;
  readonly onStopped?: (error: unknown) => void;
}

export function writerIn(folder: string, other: WriterOther = {}): TraceWriter {
  const onStopped = (error: unknown) => {
    throw error;
  };
  return new TraceWriter({ folder, clusterId: CLUSTER, replica: 1, boot: BOOT, traced: true, onStopped, ...other });
}

export function started(lastExecuted = 0): ReplicaHappening {
  return { kind: "started", replica: 1, view: 0, lastExecuted, lowWaterMark: 0, abstaining: false };
}

export function executed(seq: number): ReplicaHappening {
  return { kind: "executed", replica: 1, seq, view: 0, digest: "ab".repeat(32), requests: [] };
}

/** What a reader finds in a folder. */
export function readAll(
  folder: string,
  until = Number.POSITIVE_INFINITY,
): { readonly events: readonly TraceEvent[]; readonly summary: TraceSummary } {
  const reader = new TraceReader({ folder, clusterId: CLUSTER, replica: 1, boot: BOOT, until });
  const events = [...reader.events()];
  return { events, summary: reader.summary() };
}

/** Events in short: `started 3`, `executed 4`, `crashed`. */
export function told(events: readonly TraceEvent[]): readonly string[] {
  return events.map((event) => {
    if (event.kind === "executed") return `executed ${event.seq}`;
    return event.kind === "started" ? `started ${event.lastExecuted}` : event.kind;
  });
}

/** All text of a folder, in order of file name. */
export function textIn(folder: string): string {
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("");
}
