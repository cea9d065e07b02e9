import type { Digest } from "../ids.js";
import type { Ports } from "../machine.js";
import { readClient, readOldest, readOperations, readTimestamp } from "../replication/codec.js";
import type { Request } from "../replication/messages.js";
import { copyBytes } from "../small-bytes.js";
import { decodeWire, encodeWire, wireInteger } from "../wire/cbor.js";
import { Reader } from "../wire/reader.js";

/** A client's request without its signature: who tolerates crashes only believes the leader that there was one. */
export type Command = Pick<Request, "client" | "timestamp" | "operations" | "oldest">;

/** What one instance of Paxos or one entry of Raft's log holds: commands in order; none is the no-op. */
export interface Value {
  readonly digest: Digest;
  /** As it travels and is written down; the digest is over exactly these bytes. */
  readonly bytes: Uint8Array;
  readonly commands: readonly Command[];
}

const SCAN = { depthMax: 4, itemsMax: 100_000 };
/** More commands than that are refused unread. */
const COMMANDS_MAX = 16_384;

export function makeValue(commands: readonly Command[], { hash }: Pick<Ports, "hash">): Value {
  const bytes = encodeWire(
    commands.map(({ client, timestamp, operations, oldest }) => [
      client,
      wireInteger(timestamp),
      operations,
      wireInteger(oldest),
    ]),
  );
  return { digest: hash(bytes), bytes, commands };
}

/** What a new leader proposes where nobody asked for anything. */
export function noOp(ports: Pick<Ports, "hash">): Value {
  return makeValue([], ports);
}

/** Hostile bytes as a value; null when they are none. */
export function readValue(bytes: Uint8Array, { hash }: Pick<Ports, "hash">): Value | null {
  const decoded = decodeWire(bytes, SCAN);
  if (!("value" in decoded)) return null;
  const reader = new Reader([decoded.value]);
  const commands = reader.list("commands", COMMANDS_MAX, (item, outer) => outer.nested(item, readCommand));
  return reader.problem === null ? { digest: hash(bytes), bytes: copyBytes(bytes), commands } : null;
}

function readCommand(reader: Reader): Command {
  const client = readClient(reader);
  const timestamp = readTimestamp(reader);
  return { client, timestamp, operations: readOperations(reader), oldest: readOldest(reader, timestamp) };
}

export function operationsIn({ commands }: Value): number {
  return commands.reduce((sum, { operations }) => sum + operations.length, 0);
}
