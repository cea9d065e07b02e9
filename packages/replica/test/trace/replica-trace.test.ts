import type { Effect, Input, MessageBase, Principal, ProtocolName, ReplicaHappening, ReplicaId, SignedOf } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { expect } from "chai";
import { ReplicaTrace } from "../../src/trace/replica-trace.js";
import { CLUSTER, Folders, textIn } from "./support.js";

const DIGEST = "ab".repeat(32);

type AnyMessage = MessageBase & Readonly<Record<string, unknown>>;

/** Signed by a replica; its id in a trace is `0202…`, of its id doubled. */
function signed(by: number, message: AnyMessage): SignedOf<MessageBase> {
  const signature = new Uint8Array(64).fill(2 * by);
  return { kind: message.kind, signer: replica(by), message, payload: new Uint8Array(), signature, attachment: null };
}

function replica(id: number): Principal {
  return { role: "replica", id: id as ReplicaId };
}

/** Replica 1 says this to another one. */
function says(to: number, message: AnyMessage): Effect<MessageBase> {
  return { kind: "send", to: to as ReplicaId, signed: signed(1, message) };
}

/** Replica 0 delivers what replica `by` signed. */
function input(by: number, message: AnyMessage): Input<MessageBase> {
  return { kind: "message", signed: signed(by, message), via: replica(0) };
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

  /** The lines that a trace holds after this was done with it, but for its beginning and end. */
  async function traceOf(name: ProtocolName, use: (trace: ReplicaTrace) => void): Promise<readonly ReplicaHappening[]> {
    const folder = folders.make();
    const trace = new ReplicaTrace({
      folder,
      clusterId: CLUSTER,
      self: 1 as ReplicaId,
      replicas: 3,
      protocol: protocolNamed(name),
      inspect: () => ({ view: 3, lastExecuted: 0, lowWaterMark: 0, abstaining: null, retained: {} }) as never,
      traced: true,
      memoryLost: false,
      onStopped: (error) => {
        throw error;
      },
    });
    use(trace);
    await trace.close();
    return textIn(folder)
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as ReplicaHappening)
      .filter(({ kind }) => kind !== undefined && kind !== "started" && kind !== "retained");
  }

  /** The statements that a trace of Raft tells of these effects, as `chosen 9 to 0`. */
  async function toldOf(...effects: readonly Effect<MessageBase>[]): Promise<readonly string[]> {
    const events = await traceOf("raft", (trace) => effects.forEach((effect) => void trace.note(effect)));
    return events.map((event) => {
      if (event.kind !== "sent") return event.kind;
      const { to, statement } = event as { to: readonly number[]; statement: { kind: string; seq?: number; upTo?: number } };
      return `${statement.kind} ${statement.seq ?? statement.upTo} to ${to}`;
    });
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

  it("what is no heartbeat is told each time", async () => {
    const vote = says(2, { kind: "vote", term: 4, granted: true });
    expect(await toldOf(vote, vote)).to.deep.equal(["promise undefined to 2", "promise undefined to 2"]);
  });

  it("what a replica takes is told with its name, its signer and who delivered it; heartbeats once", async () => {
    const beat = { kind: "append-entries", term: 3, prevLogIndex: 9, prevLogTerm: 3, entries: [], leaderCommit: 9 };
    const events = await traceOf("raft", (trace) => {
      for (const message of [beat, beat, { kind: "request-vote", term: 4 }]) trace.take(input(2, message));
      trace.take({ kind: "timer-fired", timer: "election" });
    });
    const of2 = { replica: 1, id: "04".repeat(8), via: "replica 0", signer: "replica 2", timestamp: null };
    expect(events.map(({ at: _, ...event }: ReplicaHappening & { at?: number }) => event)).to.deep.equal([
      { kind: "took", ...of2, message: "chosen", view: 3, seq: 9 },
      { kind: "took", ...of2, message: "candidate", view: 4, seq: null },
      { kind: "timer-fired", replica: 1, timer: "election" },
    ]);
  });

  it("where PBFT's replicas stand, which they say several times a second, is left out", async () => {
    const status = { kind: "status", view: 0, inView: true, lastExecuted: 0, stableSeq: 0, abstainsUntil: 0 };
    const events = await traceOf("pbft", (trace) => {
      trace.take(input(2, status));
      trace.note(says(2, status));
      trace.note({ kind: "dropped", from: replica(2), message: "status", reason: "duplicate" });
      trace.take({ kind: "timer-fired", timer: "status" });
    });
    expect(events).to.deep.equal([]);
  });

  it("what is dropped is told with the name of its message, before its signature was checked and after", async () => {
    const prepare = { kind: "prepare", view: 0, seq: 5, digest: DIGEST };
    const events = await traceOf("pbft", (trace) => {
      trace.take(input(2, prepare));
      trace.note({ kind: "dropped", from: replica(2), message: "prepare", reason: "conflicting-vote" });
      // Not the message at hand: its name is not known.
      trace.note({ kind: "dropped", from: replica(3), message: "prepare", reason: "conflicting-vote" });
      trace.droppedUnread(replica(3), "commit", "already-committed", new Uint8Array(64).fill(6));
    });
    expect(events.filter(({ kind }) => kind === "dropped").map((event) => ("id" in event ? event.id : ""))).to.deep.equal([
      "04".repeat(8),
      null,
      "06".repeat(8),
    ]);
  });

  it("of a flood from one peer some are told, and those of others all", async () => {
    const events = await traceOf("pbft", (trace) => {
      for (let count = 0; count < 10_000; count++) trace.refused(replica(3), "signature-invalid");
      trace.refused(replica(2), "signature-invalid");
      trace.refused(null, "handshake-failed");
    });
    const peers = events.map((event) => (event.kind === "refused" ? event.peer : ""));
    expect(peers.filter((peer) => peer === "replica 3").length)
      .to.be.at.least(1)
      .and.at.most(1_000);
    expect(peers.slice(-2)).to.deep.equal(["replica 2", null]);
  });

  it("what is wrong with a link is told, and that it is sound again", async () => {
    const events = await traceOf("pbft", (trace) => {
      trace.linkFault([0, 2], "cut");
      trace.linkFault([0, 2], null);
    });
    expect(events.map((event) => event.kind === "link-fault" && event.fault)).to.deep.equal(["cut", null]);
  });
});
