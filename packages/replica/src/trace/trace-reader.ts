import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TraceEvent } from "@bft/core";
import * as v from "valibot";
import { eventOf } from "./event-shape.js";
import { droppedSchema, parsedLine, type SegmentHeader, segmentFile } from "./format.js";
import { headerIn, readHeader, traceSegments } from "./segments.js";
import { linesIn, segmentsIn, type TraceWindow, WHOLE_TRACE } from "./window.js";

export interface TraceReaderOptions {
  /** The `trace` folder of a replica. */
  readonly folder: string;
  readonly clusterId: string;
  readonly replica: number;
  /** Times of other boots do not compare: their segments are left out. */
  readonly boot: string | null;
  /** What happened later than this is left out. */
  readonly until: number;
}

/** What was found out about a trace while it was read. */
export interface TraceSummary {
  readonly replica: number;
  readonly events: number;
  /** The first sequence number that it tells of the execution of; null without one. */
  readonly firstSeq: number | null;
  /** Nothing that happened earlier is missing. */
  readonly fromTheBeginning: boolean;
  /** False when a process of it was told to trace nothing. */
  readonly traced: boolean;
  /** Sequence number of the last batch that the trace accounts for, by execution, a fetched state or a start. */
  readonly lastExecuted: number;
  readonly lied: boolean;
  /** Messages that it dropped, by reason; of the processes that are in the trace. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Where the trace could not be read on, as one clause; null when all of it was read. */
  readonly damage: string | null;
}

/** Reads one replica's trace, a segment at a time. */
export class TraceReader {
  /** Nothing that happened earlier is missing. */
  readonly fromTheBeginning: boolean;
  readonly #options: TraceReaderOptions;
  readonly #window: TraceWindow;
  readonly #segments: readonly number[];
  readonly #dropped = new Map<string, number>();
  #droppedByProcess: Readonly<Record<string, number>> = {};
  #events = 0;
  #firstSeq: number | null = null;
  #lastExecuted = 0;
  readonly #traced: boolean;
  #lied: boolean;
  #damage: string | null = null;

  /** @param window what is read of it; what a summary says is then of no more than that. */
  constructor(options: TraceReaderOptions, window: TraceWindow = WHOLE_TRACE) {
    const { folder, boot } = options;
    const all = traceSegments(folder);
    this.#options = options;
    this.#window = window;
    const ofBoot = all.filter((segment) => readHeader(folder, segment)?.boot === boot);
    this.#segments = segmentsIn(window, folder, ofBoot);
    this.fromTheBeginning = all[0] === 0 && all.every((segment) => isWholeOf(boot, readHeader(folder, segment)));
    this.#traced = this.#segments.every((segment) => readHeader(folder, segment)?.traced !== false);
    // Each header tells it of everything before.
    this.#lied = all.some((segment) => readHeader(folder, segment)?.standing.lied === true);
  }

  /**
   * The events in order. Where older segments were deleted, a `started` is put first that says where the replica stood; before
   * each later start, a `crashed`: however a process ended, it said no more.
   */
  *events(): Generator<TraceEvent> {
    let before: SegmentHeader | null = null;
    for (const segment of this.#segments) {
      const read = this.#read(segment);
      if (read === null) continue;
      const { header, lines } = read;
      if (header.begins) this.#addDropped();
      const isNext = before !== null && header.segment === before.segment + 1;
      let first = before === null || header.begins || !isNext;
      for (const event of this.#eventsIn(segment, lines)) {
        if (first) yield* this.#transition(event, before !== null, header);
        first = false;
        yield this.#counted(event);
      }
      before = header;
      if (this.#damage !== null) return;
    }
  }

  /** What the headers tell; events add to it. */
  get lied(): boolean {
    return this.#lied;
  }

  /** To be asked for when `events` has come to its end. */
  summary(): TraceSummary {
    this.#addDropped();
    return {
      replica: this.#options.replica,
      events: this.#events,
      firstSeq: this.#firstSeq,
      fromTheBeginning: this.fromTheBeginning,
      traced: this.#traced,
      lastExecuted: this.#lastExecuted,
      lied: this.#lied,
      dropped: Object.fromEntries(this.#dropped),
      damage: this.#damage,
    };
  }

  /** Null for a segment that has just been deleted, was never begun, or belongs to another cluster. */
  #read(segment: number): { readonly header: SegmentHeader; readonly lines: readonly string[] } | null {
    let text: string;
    try {
      text = readFileSync(join(this.#options.folder, segmentFile(segment)), "utf8");
    } catch {
      return null;
    }
    const header = headerIn(text);
    if (header === null || header.clusterId !== this.#options.clusterId || header.replica !== this.#options.replica) return null;
    return { header, lines: linesIn(this.#window, text) };
  }

  *#eventsIn(segment: number, lines: readonly string[]): Generator<TraceEvent> {
    const { replica, until } = this.#options;
    for (const [index, line] of lines.entries()) {
      const value = parsedLine(line);
      const event = eventOf(value, { replica });
      if (event === null) {
        const dropped = v.safeParse(droppedSchema, value);
        if (dropped.success) this.#droppedByProcess = dropped.output.dropped;
        else
          this.#damage = `${this.#window.kind === "all" ? `line ${index + 2}` : "a line"} of ${segmentFile(segment)} can not be read`;
        if (this.#damage !== null) return;
        continue;
      }
      if (event.at <= until) yield event;
    }
  }

  *#transition(first: TraceEvent, isLater: boolean, { begins, standing }: SegmentHeader): Generator<TraceEvent> {
    const { at } = first;
    const { replica } = this.#options;
    if (isLater) yield { at, kind: "crashed", replica };
    if (begins) return;
    const { view, lastExecuted, lowWaterMark, abstaining } = standing;
    this.#lastExecuted = lastExecuted;
    yield { at, kind: "started", replica, view, lastExecuted, lowWaterMark, abstaining };
  }

  #counted(event: TraceEvent): TraceEvent {
    this.#events += 1;
    if (event.kind === "executed") this.#firstSeq ??= event.seq;
    if (event.kind === "behaves" && event.behaviour !== null) this.#lied = true;
    if (event.kind === "executed" || event.kind === "state-installed") this.#lastExecuted = event.seq;
    if (event.kind === "started") this.#lastExecuted = event.lastExecuted;
    return event;
  }

  #addDropped(): void {
    for (const [reason, count] of Object.entries(this.#droppedByProcess))
      this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count);
    this.#droppedByProcess = {};
  }
}

/** A segment without a header holds nothing: its process was killed before it wrote one. */
function isWholeOf(boot: string | null, header: SegmentHeader | null): boolean {
  return header === null || (header.boot === boot && header.traced);
}
