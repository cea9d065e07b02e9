import type { ProtocolName } from "@bft/core";
import { PROTOCOL_NAMES, protocolNamed } from "@bft/core/protocols";
import { Lab } from "../../test/support/lab.js";
import { type LoadResult, runLoad } from "../load.js";
import { median, type Row, row, type Section } from "../report.js";
import { killLeader } from "./failover.js";

/** Each protocol is measured so often, in turns, so that what else the machine does falls on all of them alike. */
const ROUNDS = 3;

const LOADS = {
  alone: { clients: 1, operations: 200, operationsPerRequest: 1, keys: 100 },
  many: { clients: 16, operations: 1600, operationsPerRequest: 1, keys: 1000 },
  packed: { clients: 16, operations: 30_000, operationsPerRequest: 100, keys: 10_000 },
} as const;

type Loads = Readonly<Record<keyof typeof LOADS, LoadResult>>;

interface Round extends Loads {
  /** That replicas sent, to each other and to the client, for an operation of one client alone. */
  readonly messagesPerOperation: number;
  /** Until the next `bft submit` has ended after the leader was killed. */
  readonly failoverMs: number;
}

/** The three protocols with f = 1, the same load on each: ratios to PBFT. */
export async function protocols(): Promise<Section> {
  const rounds = new Map(PROTOCOL_NAMES.map((name) => [name, [] as Round[]]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, done] of rounds) {
      process.stderr.write(`  ${protocolNamed(name).title}, round ${round + 1} of ${ROUNDS} …\n`);
      done.push(await roundOf(name));
    }
  const figure = (what: string, unit: string, of: (round: Round) => number): Row[] => {
    const baseline = median((rounds.get("pbft") ?? []).map(of));
    return PROTOCOL_NAMES.map((name) => {
      const value = median((rounds.get(name) ?? []).map(of));
      return row(`${what}: ${protocolNamed(name).title}`, value, unit, name === "pbft" ? null : baseline, noteOf(name));
    });
  };
  return {
    title: `The three protocols, f = 1, fsync, ordered reads, values of 100 bytes (median of ${ROUNDS} rounds; ratio to PBFT)`,
    about:
      "Taking turns. Multi-Paxos and Raft survive as many crashes with fewer replicas and messages, and no lie; what PBFT costs more is what tolerating lies costs.",
    rows: [
      ...figure("1 client, 1 operation a request", "op/s", ({ alone }) => alone.operationsPerSecond),
      ...figure("the same, median latency", "ms", ({ alone }) => alone.latencyMs.median),
      ...figure("the same, messages sent an operation", "", ({ messagesPerOperation }) => messagesPerOperation),
      ...figure("16 clients, 1 operation a request", "op/s", ({ many }) => many.operationsPerSecond),
      ...figure("16 clients, 100 operations a request", "op/s", ({ packed }) => packed.operationsPerSecond),
      ...figure("the leader is killed: the next bft submit, whole process", "ms", ({ failoverMs }) => failoverMs),
    ],
  };
}

function noteOf(name: ProtocolName): string {
  return `${protocolNamed(name).replicasFor(1)} replicas`;
}

async function roundOf(protocol: ProtocolName): Promise<Round> {
  const lab = await Lab.open();
  try {
    await lab.ok("up", "--detach", "--protocol", protocol);
    const dir = lab.cluster;
    // Code is compiled, and somebody leads.
    await runLoad({ dir, clients: 4, operations: 400, operationsPerRequest: 1, keys: 100 });
    const before = await sent(lab, protocol);
    const alone = await runLoad({ dir, ...LOADS.alone });
    const messagesPerOperation = ((await sent(lab, protocol)) - before) / alone.operations;
    const many = await runLoad({ dir, ...LOADS.many });
    const packed = await runLoad({ dir, ...LOADS.packed });
    return { alone, messagesPerOperation, many, packed, failoverMs: await killLeader(lab) };
  } finally {
    await lab.close();
  }
}

/** Messages that all replicas have sent until now, heartbeats included. */
async function sent(lab: Lab, protocol: ProtocolName): Promise<number> {
  const ids = Array.from({ length: protocolNamed(protocol).replicasFor(1) }, (_, id) => id);
  const counts = await Promise.all(ids.map(async (id) => (await lab.status(id)).messagesOut));
  return counts.reduce((sum, count) => sum + count, 0);
}
