import type { Effect, MachineStatus, MessageBase } from "@bft/core";
import { expect } from "chai";
import type { InputView } from "../../src/services/replay-input.js";
import { lineText, lineWidth } from "../../src/view/line.js";
import { machineStateLines } from "../../src/view/machine-state.js";
import { inputJson, inputLines, listJson, listLines } from "../../src/view/replay-input.js";

const teller = { protocol: "pbft", replica: 1, replicas: 4 };
const of = { life: 2, inputs: { first: 1, last: 40 }, began: 1_000 };
const status: MachineStatus = {
  view: 1,
  primary: 1,
  isPrimary: true,
  viewChange: { view: 2, votes: [0, 3] },
  lastExecuted: 12,
  lowWaterMark: 8,
  highWaterMark: 16,
  queued: 2,
  waiting: [{ client: 0, timestamp: 17 }],
  wants: [{ replica: 3, view: 2 }],
  checkpointVotes: [{ seq: 12, replicas: [0, 1] }],
  checkpoint: { seq: 12, stateDigest: "ab".repeat(32) },
  abstaining: { until: null },
  transfer: { seq: 16, fetched: 3, missing: 1 },
  slots: Array.from({ length: 14 }, (_, index) => ({
    seq: index + 1,
    view: 1,
    digest: index === 13 ? null : "cd".repeat(32),
    requests: 1,
    operations: 1,
    contains: [{ client: 0, timestamp: index + 1 }],
    prePrepared: index < 13,
    prepares: [0, 1, 2],
    prepared: true,
    commits: [1],
    committed: false,
    executed: index < 12,
    contrary: index === 12 ? [3] : [],
  })),
  quorum: 3,
  retained: { slots: 14, votes: 3, requests: 2, batches: 1, viewChanges: 1, checkpointVotes: 2, snapshots: 1 },
};
const seen: InputView = {
  of,
  number: 17,
  at: 2_234.567,
  input: { kind: "timer-fired", timer: "status" },
  recordedKinds: ["persist"],
  effects: [
    { kind: "persist", record: new Uint8Array(120) },
    { kind: "view-entered", view: 1, primary: 1 },
  ] as Effect<MessageBase>[],
  divergence: null,
  status,
};

describe("an input of a replay", () => {
  it("is shown with what the replica did, and how it stands then", () => {
    const lines = inputLines(seen, teller, 100).map(lineText);
    expect(lines.slice(0, 6)).to.deep.equal([
      "life 2, input 17, +1.235 s after the start",
      "the replica finds the time of status over",
      "",
      "it does 2 things, in this order",
      "   1  writes down 120 bytes",
      "   2  enters view 1 with primary 1",
    ]);
    expect(lines).to.include("it stands so");
    expect(inputLines({ ...seen, effects: [] }, teller, 100).map(lineText)).to.include("it does nothing");
  });

  it("that is not what was recorded says so, and shows no state", () => {
    const divergence = { index: 0, recorded: "persist", now: null, thrown: "no \u001b batch" };
    const lines = inputLines({ ...seen, effects: [], divergence, status: null }, teller, 100).map(lineText);
    expect(lines).to.include("that is not what was recorded: persist");
    expect(lines).to.include("it throws: no \\u001b batch");
    expect(lines).to.include("bft replay 1 --life 2 says more");
    expect(lines).to.not.include("it stands so");
  });

  it("as JSON it has the whole state", () => {
    const json = inputJson(seen, teller);
    expect(json).to.deep.include({ replica: 1, life: 2, number: 17, sinceStartMs: 1_234.567, status });
    expect(json.effects[0]).to.deep.equal({ kind: "persist", text: "writes down 120 bytes" });
  });

  it("a list has a row an input, damaged ones too, and fits the width", () => {
    const list = {
      of,
      inputs: [
        { number: 9, at: 1_000, input: { kind: "start" } as const, kinds: ["start-timer", "broadcast", "broadcast"] },
        { number: 10, at: 1_010.5, input: null, kinds: [] },
      ],
    };
    const lines = listLines(list, teller, 60);
    expect(lines.map(lineText).map((line) => line.trimEnd())).to.deep.equal([
      "life 2: inputs 1 to 40 are recorded",
      " 9  +0.000 s  starts                        start-timer, br…",
      "10  +0.011 s  damaged: these bytes are no…  nothing",
    ]);
    for (const line of lines) expect(lineWidth(line)).to.be.at.most(60);
    expect(listJson(list, teller).inputs[1]).to.deep.equal({
      number: 10,
      sinceStartMs: 10.5,
      kind: "damaged",
      text: null,
      effects: [],
    });
    expect(lineText(listLines({ of: { ...of, inputs: null }, inputs: [] }, teller, 60)[0] ?? [])).to.contain(
      "no input is recorded",
    );
  });
});

describe("the state of a machine for a person", () => {
  it("has a row a part, in the protocol's words, and the last slots", () => {
    const lines = machineStateLines(status, "pbft", 200).map(lineText);
    for (const expected of [
      "view          1, primary 1 (itself); quorum 3",
      "view change   to 2, for it: 0 3",
      "wanted        replica 3: 2",
      "executed      12; log from 8 to 16",
      "checkpoint    12, state abababababab",
      "votes         for checkpoint 12: 0 1",
      "requests      2 requests not executed yet (0:17)",
      "abstains      until checkpoint (not known yet) is stable",
      "fetches       the state at 16: 3 parts there, 1 missing",
      "the last 12 of 14 slots",
    ])
      expect(lines).to.include(expected);
    expect(lines.at(-1)).to.match(/^ {2}14 view 1 nothing yet /);
    expect(lines.at(-2)).to.match(
      /^ {2}13 view 1 cdcdcdcdcdcd 1 request \(0:13\) .*prepare 0 1 2 \(enough\), commit 1, otherwise: 3$/,
    );
  });

  it("says less when there is less, and fits the width", () => {
    const calm = { ...status, viewChange: null, wants: [], checkpointVotes: [], abstaining: null, transfer: null, slots: [] };
    const lines = machineStateLines({ ...calm, primary: null, isPrimary: false }, "raft", 60);
    expect(lines.map(lineText)[0]).to.equal("term          1, nobody known as leader; quorum 3");
    expect(lines.map(lineText).join("\n")).to.not.match(/wanted|abstains|fetches|slots$/m);
    for (const line of machineStateLines(status, "pbft", 60)) expect(lineWidth(line), lineText(line)).to.be.at.most(60);
  });
});
