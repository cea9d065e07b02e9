import { type ClientId, MerkleStore, PrefixStore, SERVICES, type SeqNum, type Service } from "@bft/core";
import { decodeEnvelope, encodeEnvelopeFrame, FrameParser, sha256 } from "@bft/net";
import { MemoryCluster } from "../lone-machine.js";
import { microseconds, row, type Section } from "../report.js";

const VALUE = "v".repeat(100);
const KEYS = 100_000;

/** What is left of an operation's cost without signatures, sockets and disks. */
export function machine(): Section {
  const envelope = {
    sender: { role: "replica", id: 0 } as never,
    signature: new Uint8Array(64),
    payload: new Uint8Array(40),
    attachment: null,
  };
  const frame = encodeEnvelopeFrame(envelope);
  const parser = new FrameParser(1 << 20);
  const encode = microseconds(20_000, () => encodeEnvelopeFrame(envelope));
  const parse = microseconds(20_000, () => {
    parser.push(Buffer.from(frame));
    const next = parser.next();
    if (next.kind !== "frame" || !decodeEnvelope(next.body).ok) throw new Error("a good frame was refused");
  });
  const service = SERVICES.get("kv") as Service;
  const tree = new MerkleStore();
  const store = new PrefixStore(tree, "s/");
  for (let i = 0; i < KEYS; i++) store.put(`key-${i}`, VALUE);
  tree.digest(sha256);
  const context = { client: 0 as ClientId, seq: 1 as SeqNum };
  const execute = microseconds(20_000, (i) => service.execute(store, `set key-${(i * 7919) % KEYS} ${VALUE}${i}`, context));
  const digest = microseconds(20_000, (i) => {
    store.put(`key-${(i * 7919) % KEYS}`, `${VALUE}${i}`);
    tree.digest(sha256);
  });
  const single = new MemoryCluster(4, 1);
  const alone = microseconds(2_000, (i) => single.ask([`set key-${i % 1000} ${VALUE}${i}`]));
  const packed = new MemoryCluster(4, 1);
  const hundred = microseconds(100, (i) =>
    packed.ask(Array.from({ length: 100 }, (_, j) => `set key-${(100 * i + j) % 1000} ${VALUE}${i}`)),
  );
  const perMessage = alone / (single.messages / (5 * 2_000 + 1_000));
  return {
    title: "Machine (all four replicas in one process, signatures that cost nothing; ratio to executing one operation)",
    about: "What an operation costs apart from signatures, sockets and the disk.",
    rows: [
      row(`execute one set among ${KEYS.toLocaleString("en-US")} keys`, execute, "µs"),
      row("the same, and the digest of the state", digest, "µs", execute),
      row("frame: encode a vote", encode, "µs", execute),
      row("frame: parse and open a vote", parse, "µs", execute),
      row("step: one message of the normal case", perMessage, "µs", execute),
      row("all steps of one operation, alone in its batch", alone, "µs", execute),
      row("all steps of one operation of a hundred in a request", hundred / 100, "µs", execute),
    ],
  };
}
