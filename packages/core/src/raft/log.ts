import type { Value } from "../crash/value.js";
import { invariant } from "../invariant.js";
import type { Index, Term } from "./messages.js";

/** An entry of the log: a value with the term in which a leader made it (§5.3). */
export interface LogEntry {
  readonly index: Index;
  readonly term: Term;
  readonly value: Value;
  /** The term in which this replica wrote it down: what recovery tells old from new by. Never falls along the log. */
  readonly writtenIn: Term;
}

/** The log without what was compacted (§7): entries follow `base` without gaps. */
export class RaftLog {
  /** The last entry that is no longer here; 0 in term 0 before the first. */
  #base: Omit<LogEntry, "value"> = { index: 0 as Index, term: 0 as Term, writtenIn: 0 as Term };
  #entries: LogEntry[] = [];

  get base(): Omit<LogEntry, "value"> {
    return this.#base;
  }

  get length(): number {
    return this.#entries.length;
  }

  get lastIndex(): Index {
    return this.#entries.at(-1)?.index ?? this.#base.index;
  }

  /** When the end of the log was written down. */
  get lastWrittenIn(): Term {
    return this.#entries.at(-1)?.writtenIn ?? this.#base.writtenIn;
  }

  get lastTerm(): Term {
    return this.#entries.at(-1)?.term ?? this.#base.term;
  }

  entry(index: number): LogEntry | null {
    return this.#entries[index - this.#base.index - 1] ?? null;
  }

  /** Null where there is no entry, or it was compacted. */
  termAt(index: number): Term | null {
    if (index === this.#base.index) return this.#base.term;
    return this.entry(index)?.term ?? null;
  }

  /** When the entry at `index` was written down: one that is here, or the last that was compacted. */
  writtenInAt(index: number): Term {
    return this.entry(index)?.writtenIn ?? this.#base.writtenIn;
  }

  /** The entries from `index` on, in order. */
  from(index: number): readonly LogEntry[] {
    return this.#entries.slice(Math.max(0, index - this.#base.index - 1));
  }

  /** Puts an entry at its index; whatever was there and behind it goes (§5.3). */
  put(entry: LogEntry): void {
    const at = entry.index - this.#base.index - 1;
    invariant(at >= 0 && at <= this.#entries.length, "the log has no gaps");
    this.#entries.length = at;
    this.#entries.push(entry);
  }

  /** Forgets the entries up to `index`, which is in the log (§7). */
  compact(index: Index): void {
    if (index <= this.#base.index) return;
    const last = this.entry(index);
    invariant(last !== null, "what is compacted is in the log");
    this.#entries = this.#entries.slice(index - this.#base.index);
    this.#base = { index, term: last.term, writtenIn: last.writtenIn };
  }

  /** §7: the log begins after a snapshot; entries behind it stay only when its last one is here too. */
  startAfter({ index, term, writtenIn }: Omit<LogEntry, "value">): void {
    if (this.termAt(index) === term) return this.compact(index);
    this.#entries = [];
    this.#base = { index, term, writtenIn };
  }
}
