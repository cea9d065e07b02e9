import { changesBetween, type Entry, entry, type ReplicaConfig, type SavedState, type SeqNum, treeOf } from "@bft/core";
import * as v from "valibot";
import { parsedLine } from "../trace/format.js";
import { encodeItem, ITEM } from "./format.js";

/** From what a life of a replica can be made anew: its configuration, and what it had read from its disk. */
export interface RecordedBase {
  readonly config: ReplicaConfig;
  readonly saved: SavedState;
}

const ENTRIES_PER_ITEM = 1_000;
const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const headSchema = v.object({
  config: v.object({
    self: natural,
    replicas: natural,
    faults: natural,
    clients: natural,
    checkpointInterval: natural,
    viewChangeTimeoutMs: natural,
    statusIntervalMs: natural,
    pipelineDepth: natural,
    batchOperationsMax: natural,
    batchBytesMax: natural,
    operationBytesMax: natural,
    clientWindow: natural,
  }),
  lost: v.boolean(),
  /** Of the checkpoint whose state follows; null for the initial state. */
  stateSeq: v.nullable(natural),
});
const entriesSchema = v.array(v.tuple([v.string(), v.string()]));

/** The items that a base is written as; null when they would be more than `bytesMax`. */
export function encodeBase({ config, saved }: RecordedBase, bytesMax: number): Buffer[] | null {
  const { state, records, lost } = saved;
  const items: Buffer[] = [];
  let bytes = 0;
  const put = (kind: number, body: Uint8Array): boolean => {
    const item = encodeItem(kind, body);
    items.push(item);
    bytes += item.length;
    return bytes <= bytesMax;
  };
  const json = (kind: number, value: unknown): boolean => put(kind, Buffer.from(JSON.stringify(value)));
  json(ITEM.base, { config, lost, stateSeq: state?.seq ?? null });
  let entries: [string, string][] = [];
  for (const { key, value } of changesBetween(null, state?.root ?? null)) {
    entries.push([key, value ?? ""]);
    if (entries.length < ENTRIES_PER_ITEM) continue;
    if (!json(ITEM.entries, entries)) return null;
    entries = [];
  }
  if (entries.length > 0 && !json(ITEM.entries, entries)) return null;
  for (const record of records) if (!put(ITEM.record, record)) return null;
  return put(ITEM.baseEnd, new Uint8Array()) ? items : null;
}

/** Puts a base together from its items, in their order. */
export class BaseReader {
  readonly #head: v.InferOutput<typeof headSchema>;
  readonly #entries: Entry[] = [];
  readonly #records: Uint8Array[] = [];

  private constructor(head: v.InferOutput<typeof headSchema>) {
    this.#head = head;
  }

  /** Null when that is not how a base begins. */
  static begin(body: Buffer): BaseReader | null {
    const head = v.safeParse(headSchema, parsedLine(body.toString("utf8")));
    return head.success ? new BaseReader(head.output) : null;
  }

  /** False when the item is no part of a base. */
  add(kind: number, body: Buffer): boolean {
    if (kind === ITEM.record) {
      this.#records.push(body);
      return true;
    }
    const entries = kind === ITEM.entries ? v.safeParse(entriesSchema, parsedLine(body.toString("utf8"))) : null;
    if (entries?.success !== true) return false;
    for (const [key, value] of entries.output) this.#entries.push(entry(key, value));
    return true;
  }

  end(): RecordedBase {
    const { config, lost, stateSeq } = this.#head;
    const state = stateSeq === null ? null : { seq: stateSeq as SeqNum, root: treeOf(this.#entries) };
    // Its numbers were checked as the configuration is when it is loaded.
    return { config: config as ReplicaConfig, saved: { state, records: this.#records, lost } };
  }
}
