import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Effect, MessageBase, SavedState, SeqNum } from "@bft/core";
import type { DurableLog } from "@bft/net";
import { type Durability, FileLog, readLog, syncFolder } from "./durable-log.js";
import { reasonOf } from "./errors.js";
import { isSegment, segmentName, segmentsIn } from "./segments.js";
import { StateFile } from "./state-file.js";

type Checkpoint = Extract<Effect<MessageBase>, { kind: "checkpoint-stable" }>;

export interface OpenedStorage {
  readonly storage: Storage;
  readonly saved: SavedState;
  /** Bytes of a last write that did not finish, cut off. */
  readonly tornBytes: number;
  /** One sentence when what was there could not be used and was set aside, else null. */
  readonly damage: string | null;
}

/**
 * A state is saved when the records since the last one take at least this part of what it takes itself, so that a large state is not
 * written over and over for the little that changed, and a start reads at most so much more than the state.
 */
const SAVE_AT_PART = 1 / 4;
/** Or after so many checkpoints. */
const SAVE_AT_CHECKPOINTS = 64;

/**
 * What one replica has on its disk: the state at a stable checkpoint (state/, lmdb) and the records since (protocol-<seq>.log,
 * one segment a checkpoint). At each stable checkpoint a new segment begins, with a restatement of what still matters; when
 * there is enough to save, the state of that checkpoint is, and then the older segments are deleted. So a crash at any moment leaves a state and every
 * record after it.
 */
export class Storage implements DurableLog {
  readonly #folder: string;
  readonly #durability: Durability;
  readonly #state: StateFile;
  /** The segment that is appended to. Null until the first record of a replica that has none. */
  #segment: FileLog | null;
  /** A checkpoint whose segment begins with the next append. */
  #next: Checkpoint | null = null;
  #unsaved: Checkpoint | null = null;
  /** Bytes of records and checkpoints since the last saving began. */
  #recordBytes = 0;
  #checkpoints = 0;
  #saving: Promise<void> | null = null;
  readonly #onError: (error: unknown) => void;

  /**
   * Opens what a replica left in its folder. What is damaged is moved aside, never used in part: the replica then starts
   * without a memory and says so (`saved.lost`).
   * @param onError called when the state can no longer be saved
   */
  static open(folder: string, durability: Durability, onError: (error: unknown) => void): OpenedStorage {
    try {
      return Storage.#read(folder, durability, onError);
    } catch (error) {
      return Storage.startAnew(folder, durability, onError, reasonOf(error));
    }
  }

  /** Sets everything aside that the folder holds, and opens it empty. */
  static startAnew(folder: string, durability: Durability, onError: (error: unknown) => void, why: string): OpenedStorage {
    const aside = setAside(folder);
    const storage = new Storage(folder, durability, new StateFile(join(folder, "state")), null, onError);
    const damage = `${why}; what was there is kept in ${aside}, and the replica fetches its state from the others`;
    return { storage, saved: { state: null, records: [], lost: true }, tornBytes: 0, damage };
  }

  static #read(folder: string, durability: Durability, onError: (error: unknown) => void): OpenedStorage {
    const segments = segmentsIn(folder);
    const state = new StateFile(join(folder, "state"));
    if (segments.length === 0) {
      const storage = new Storage(folder, durability, state, null, onError);
      return {
        storage,
        saved: { state: null, records: [], lost: true },
        tornBytes: 0,
        damage: "its records are gone; it fetches its state from the others",
      };
    }
    for (const seq of segments.filter((each) => each < state.seq)) rmSync(join(folder, segmentName(seq)));
    const kept = segments.filter((each) => each >= state.seq);
    if (kept[0] !== state.seq) throw new Error(`the segment ${segmentName(state.seq)} that goes with the saved state is missing`);
    const read = kept.map((seq) => readLog(join(folder, segmentName(seq))));
    const last = FileLog.open(join(folder, segmentName(kept.at(-1) ?? 0)), durability);
    const saved: SavedState = {
      state: state.seq === 0 ? null : { seq: state.seq as SeqNum, root: state.root },
      records: read.flatMap(({ records }) => records),
      lost: false,
    };
    const tornBytes = read.reduce((sum, each) => sum + each.tornBytes, 0);
    return { storage: new Storage(folder, durability, state, last, onError), saved, tornBytes, damage: null };
  }

  private constructor(
    folder: string,
    durability: Durability,
    state: StateFile,
    segment: FileLog | null,
    onError: (error: unknown) => void,
  ) {
    this.#folder = folder;
    this.#durability = durability;
    this.#state = state;
    this.#segment = segment;
    this.#onError = onError;
  }

  /** To be called with each effect of the machine in order: a checkpoint belongs between the records around it. */
  note(effect: Effect<MessageBase>): void {
    if (effect.kind === "checkpoint-stable") this.#next = effect;
  }

  async append(records: readonly Uint8Array[], sync: boolean): Promise<void> {
    const checkpoint = this.#next;
    this.#next = null;
    if (this.#segment === null)
      this.#segment = await FileLog.create(join(this.#folder, segmentName(0)), records, this.#durability);
    else await this.#segment.append(records, sync);
    for (const { length } of records) this.#recordBytes += length;
    if (checkpoint !== null) await this.#beginSegment(checkpoint, records);
  }

  /** Resolves when nothing is being written any more. */
  async close(): Promise<void> {
    this.#unsaved = null;
    await this.#saving;
    this.#segment?.close();
    await this.#state.close();
  }

  /**
   * Records that came with the checkpoint stand in both segments: whichever state recovery starts from, it finds them. Reading
   * a record twice changes nothing.
   */
  async #beginSegment(checkpoint: Checkpoint, records: readonly Uint8Array[]): Promise<void> {
    const path = join(this.#folder, segmentName(checkpoint.seq));
    const segment = await FileLog.create(path, [...checkpoint.records, ...records], this.#durability);
    this.#segment?.close();
    this.#segment = segment;
    this.#unsaved = checkpoint;
    this.#checkpoints += 1;
    if (this.#recordBytes < SAVE_AT_PART * this.#state.bytes && this.#checkpoints < SAVE_AT_CHECKPOINTS) return;
    this.#saving ??= this.#saveAll().catch(this.#onError);
  }

  /** One save at a time; of checkpoints that come meanwhile only the latest is saved. */
  async #saveAll(): Promise<void> {
    for (let next = this.#unsaved; next !== null; next = this.#unsaved) {
      this.#unsaved = null;
      this.#recordBytes = 0;
      this.#checkpoints = 0;
      await this.#state.save(next.seq, next.state);
      for (const seq of segmentsIn(this.#folder)) if (seq < next.seq) await unlink(join(this.#folder, segmentName(seq)));
    }
    this.#saving = null;
  }
}

/** Moves records and state into a folder of their own, for whoever wants to look into the damage. */
function setAside(folder: string): string {
  let aside = "";
  for (let count = 1; aside === "" || existsSync(aside); count++) aside = join(folder, `damaged-${count}`);
  mkdirSync(aside, { mode: 0o700 });
  for (const name of readdirSync(folder))
    if (isSegment(name) || name === "state") renameSync(join(folder, name), join(aside, name));
  syncFolder(folder);
  return aside;
}
