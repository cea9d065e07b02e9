import { statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type Change, changesBetween, type Entry, entry, type Snapshot, treeOf } from "@bft/core";
import { type Database, open, type RootDatabase } from "lmdb";

/** What is written before the replica's other work goes on: a millisecond or two. */
const CHANGES_A_TURN = 256;

/** The state at the last saved checkpoint, a row a key, in lmdb. Each save writes what changed, in one transaction. */
export class StateFile {
  readonly #environment: RootDatabase<string, string>;
  readonly #rows: Database<string, string>;
  readonly #meta: Database<number, string>;
  readonly #file: string;
  /** What the file holds, or will hold when the transaction under way ends. */
  #saved: Snapshot;
  #savedSeq: number;

  /** @throws Error when the file is damaged. */
  constructor(folder: string) {
    this.#file = join(folder, "data.mdb");
    // Rows are plain text: what the file holds can be read with any lmdb tool.
    this.#environment = open<string, string>({ path: folder, encoding: "string", maxDbs: 2 });
    this.#rows = this.#environment.openDB<string, string>({ name: "state", encoding: "string" });
    this.#meta = this.#environment.openDB<number, string>({ name: "meta", encoding: "json" });
    this.#savedSeq = this.#meta.get("seq") ?? 0;
    const entries: Entry[] = [];
    for (const { key, value } of this.#rows.getRange()) entries.push(entry(key, value));
    this.#saved = treeOf(entries);
  }

  /** Sequence number of the checkpoint that the file holds; 0 for the initial state. */
  get seq(): number {
    return this.#savedSeq;
  }

  /** Bytes that the file takes. */
  get bytes(): number {
    return statSync(this.#file).size;
  }

  get root(): Snapshot {
    return this.#saved;
  }

  /** Resolves when the state of a later checkpoint is on the disk, in place of the one before. */
  async save(seq: number, root: Snapshot): Promise<void> {
    const changes = changesBetween(this.#saved, root);
    this.#saved = root;
    this.#savedSeq = seq;
    await this.#environment.transaction(async () => {
      while (this.#applySome(changes)) await setImmediate();
      this.#meta.putSync("seq", seq);
    });
    await this.#environment.flushed;
  }

  async close(): Promise<void> {
    await this.#environment.close();
  }

  /** False when there are no more. The transaction stays open in between: nobody else writes here. */
  #applySome(changes: Iterator<Change>): boolean {
    for (let applied = 0; applied < CHANGES_A_TURN; applied++) {
      const next = changes.next();
      if (next.done === true) return false;
      const { key, value } = next.value;
      if (value === null) this.#rows.removeSync(key);
      else this.#rows.putSync(key, value);
    }
    return true;
  }
}
