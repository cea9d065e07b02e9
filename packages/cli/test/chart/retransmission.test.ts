import type { TraceEvent } from "@bft/core";
import { expect } from "chai";
import { drawn } from "../../src/chart/draw.js";

const REQUEST = { id: "r", signer: "client 0", message: "request", view: null, seq: null, timestamp: 7 } as const;

function took(at: number, replica: number, via: string): TraceEvent {
  return { at, kind: "took", replica, via, ...REQUEST };
}

function relayed(at: number, replica: number, to: readonly number[]): TraceEvent {
  return { at, kind: "relayed", replica, id: "r", to, signer: "client 0", message: "request" };
}

function known(at: number, replica: number): TraceEvent {
  return { at, kind: "dropped", replica, id: "r", from: "client 0", message: "request", reason: "request-known" };
}

const EXECUTED: TraceEvent = {
  at: 900,
  kind: "executed",
  replica: 1,
  seq: 1,
  view: 0,
  digest: "d",
  requests: [{ client: 0, timestamp: 7, operations: ["set x 1"], results: [] }],
} as unknown as TraceEvent;

/** `from > to: fate` of each message of the chart of sequence number 1. */
function messagesOf(events: readonly TraceEvent[]) {
  const invoked: TraceEvent = { at: 0, kind: "invoked", client: 0, timestamp: 7, operations: ["set x 1"], readOnly: false };
  const all = [invoked, ...events, EXECUTED];
  const result = drawn({ protocol: "pbft", replicas: 4, faults: 1 }, { kind: "seq", seq: 1 }, () => all);
  if (!result.ok) throw new Error("there is no chart");
  const { lanes, messages, notes } = result.chart;
  const told = messages.map(({ from, to, fate }) => `${lanes[from]?.name} > ${lanes[to]?.name}: ${fate}`);
  return { told, notes, messages };
}

describe("messages that are sent again", () => {
  it("are drawn once for each sender and receiver, and the others are counted", () => {
    const { told, notes } = messagesOf([
      took(1, 2, "client 0"),
      relayed(2, 2, [0]),
      took(501, 2, "client 0"),
      relayed(502, 2, [0]),
      took(503, 0, "replica 2"),
      took(504, 0, "replica 2"),
    ]);
    expect(told).to.have.members(["client 0 > replica 2: taken", "replica 2 > replica 0: taken"]);
    expect(notes.join()).to.match(/^1 message sent again to the same replica is left out\./);
  });

  it("to another replica are another message, which arrives after that sending and not after the first", () => {
    const { told, messages } = messagesOf([
      took(1, 2, "client 0"),
      relayed(2, 2, [0]),
      took(501, 2, "client 0"),
      relayed(502, 2, [1]),
      took(503, 1, "replica 2"),
    ]);
    expect(told).to.have.members([
      "client 0 > replica 2: taken",
      "replica 2 > replica 0: unknown",
      "replica 2 > replica 1: taken",
    ]);
    for (const { sentRow, arrivedRow } of messages) if (arrivedRow !== null) expect(arrivedRow).to.be.above(sentRow);
  });

  it("are not what another's sending is taken for: what a replica drops after it took it again is left out with that", () => {
    const { told } = messagesOf([
      took(1, 1, "client 0"),
      took(2, 2, "client 0"),
      relayed(3, 2, [1]),
      took(501, 1, "client 0"),
      known(502, 1),
      took(503, 1, "replica 2"),
    ]);
    expect(told).to.have.members(["client 0 > replica 1: taken", "client 0 > replica 2: taken", "replica 2 > replica 1: taken"]);
  });

  it("a drop before the signature was checked is that of a sending which nobody took", () => {
    const { told } = messagesOf([took(1, 1, "client 0"), took(2, 2, "client 0"), relayed(3, 2, [1]), known(4, 1)]);
    expect(told).to.include("replica 2 > replica 1: dropped");
    const later = messagesOf([
      took(1, 1, "client 0"),
      took(2, 2, "client 0"),
      relayed(3, 2, [1]),
      known(4, 1),
      took(5, 1, "replica 2"),
    ]);
    expect(later.told, "it was another one's, as this was taken").to.include("replica 2 > replica 1: taken");
  });
});
