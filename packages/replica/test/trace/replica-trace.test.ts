import type { Effect, MessageBase, ReplicaId } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { expect } from "chai";
import { ReplicaTrace } from "../../src/trace/replica-trace.js";
import { CLUSTER, Folders, textIn } from "./support.js";

const DIGEST = "ab".repeat(32);

/** Replica 1 says this to another one. */
function says(to: number, message: MessageBase & Readonly<Record<string, unknown>>): Effect<MessageBase> {
  const signer = { role: "replica", id: 1 as ReplicaId } as const;
  const signed = {
    kind: message.kind,
    signer,
    message,
    payload: new Uint8Array(),
    signature: new Uint8Array(64),
    attachment: null,
  };
  return { kind: "send", to: to as ReplicaId, signed };
}

function heartbeat(to: number, leaderCommit: number): Effect<MessageBase> {
  return says(to, { kind: "append-entries", term: 3, prevLogIndex: 9, prevLogTerm: 3, entries: [], leaderCommit });
}

function acknowledges(to: number, index: number): Effect<MessageBase> {
  return says(to, { kind: "appended", term: 3, success: true, counts: true, index, digest: DIGEST });
}

describe("replica trace", () => {
  const folders = new Folders();
  after(() => folders.remove());

  /** The statements that a trace of Raft tells of these effects, as `chosen 9 to 0`. */
  async function toldOf(...effects: readonly Effect<MessageBase>[]): Promise<readonly string[]> {
    const folder = folders.make();
    const trace = new ReplicaTrace({
      folder,
      clusterId: CLUSTER,
      self: 1 as ReplicaId,
      replicas: 3,
      protocol: protocolNamed("raft"),
      inspect: () => ({ view: 3, lastExecuted: 0, lowWaterMark: 0, abstaining: null, retained: {} }) as never,
      memoryLost: false,
      onStopped: (error) => {
        throw error;
      },
    });
    for (const effect of effects) trace.note(effect);
    await trace.close();
    const events = textIn(folder)
      .split("\n")
      .filter((line) => line.includes('"sent"'))
      .map((line) => JSON.parse(line) as { to: number[]; statement: { kind: string; seq?: number; upTo?: number } });
    return events.map(({ to, statement: { kind, seq, upTo } }) => `${kind} ${seq ?? upTo} to ${to}`);
  }

  it("heartbeats and their answers of an idle cluster are told once for each replica, until they say something new", async () => {
    const idle = [heartbeat(0, 9), heartbeat(2, 9), heartbeat(0, 9), heartbeat(2, 9)];
    expect(await toldOf(...idle, heartbeat(0, 10), heartbeat(0, 10))).to.deep.equal([
      "chosen 9 to 0",
      "chosen 9 to 2",
      "chosen 10 to 0",
    ]);
    expect(
      await toldOf(acknowledges(0, 9), acknowledges(0, 9), acknowledges(2, 9), acknowledges(0, 10), acknowledges(0, 9)),
    ).to.deep.equal(["accepted 9 to 0", "accepted 9 to 2", "accepted 10 to 0", "accepted 9 to 0"]);
  });

  it("what is no statement of a checker's is left out, and a vote is told each time", async () => {
    const vote = says(2, { kind: "vote", term: 4, granted: true });
    const denied = says(2, { kind: "vote", term: 4, granted: false });
    expect(await toldOf(vote, denied, vote)).to.deep.equal(["promise undefined to 2", "promise undefined to 2"]);
  });
});
