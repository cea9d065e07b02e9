import type { Effect, MachineStatus, MessageBase } from "@bft/core";
import type { ReplayEvent } from "@bft/replica";
import { expect } from "chai";
import { reportOf } from "../../src/services/replay.js";

const cancel: Effect<MessageBase> = { kind: "cancel-timer", timer: "view-change" };
const entered = { kind: "view-entered", view: 1, primary: 1 } as Effect<MessageBase>;

function begins(life: number, missing: string | null = null, inputsBefore = 0): ReplayEvent {
  return { kind: "life", life, missing, inputsBefore, boot: "boot" };
}

function input(life: number, number: number, effects: readonly Effect<MessageBase>[] = [cancel]): ReplayEvent {
  const recorded = effects.map(({ kind }) => kind);
  return { kind: "input", life, number, at: 100 + number, input: { kind: "start" }, effects, recorded, divergence: null };
}

function ended(life: number): ReplayEvent {
  const status = { view: 1, lastExecuted: 7, lowWaterMark: 4 } as MachineStatus;
  return { kind: "ended", life, status };
}

function lives(...events: readonly ReplayEvent[]) {
  return reportOf(events, () => undefined).lives;
}

describe("what came of a replay", () => {
  it("adds up each life by itself", () => {
    const told: number[] = [];
    const { lives, unreadable } = reportOf(
      [begins(0), input(0, 1), input(0, 2, [entered, cancel]), ended(0), begins(3), input(3, 1), ended(3)],
      (life) => void told.push(life),
    );
    expect(told).to.deep.equal([0, 3]);
    expect(unreadable).to.equal(0);
    expect(lives[0]).to.deep.include({
      life: 0,
      inputs: 2,
      inputsDone: 2,
      effects: 3,
      viewsEntered: 1,
      until: 102,
      notDone: null,
    });
    expect(lives[1]).to.deep.include({ life: 3, inputs: 1, inputsDone: 1, effects: 1, viewsEntered: 0, until: 101 });
    expect(lives[1]?.reached).to.deep.equal({ view: 1, lastExecuted: 7, lowWaterMark: 4 });
  });

  for (const [missing, kind, detail] of [
    ["deleted", "beginning-gone", null],
    ["too-large", "base-too-large", null],
    ["unknown-protocol", "unknown-protocol", null],
    ["damaged", "damaged", null],
    ["damaged: clients must be at least 0", "damaged", "clients must be at least 0"],
  ] as const)
    it(`a life that can not be done again says why: ${missing}`, () => {
      const skipped: ReplayEvent = { kind: "skipped", life: 0, number: 10, at: 5, because: null };
      const [life] = lives(begins(0, missing, 9), skipped);
      expect(life).to.deep.include({ notDone: { kind, detail }, inputsGone: 9, inputs: 1, inputsDone: 0, until: 5 });
    });

  it("an input that is damaged ends what can be done again", () => {
    const [life] = lives(
      begins(0),
      input(0, 1),
      { kind: "skipped", life: 0, number: 2, at: 6, because: "payload-truncated: x" },
      { kind: "skipped", life: 0, number: 3, at: 7, because: null },
    );
    expect(life).to.deep.include({
      inputs: 3,
      inputsDone: 1,
      until: 7,
      notDone: { kind: "damaged", detail: "payload-truncated: x" },
    });
  });

  it("one torn end is what a killed process leaves, a second one is a gap", () => {
    const torn: ReplayEvent = { kind: "torn", life: 0, segment: 0, bytes: 7 };
    expect(lives(begins(0), input(0, 1), torn)[0]).to.deep.include({ notDone: null, tornBytes: 7 });
    const [gap] = lives(begins(0), input(0, 1), torn, { ...torn, segment: 1 });
    expect(gap?.notDone?.kind).to.equal("damaged");
  });

  it("a divergence counts the effects before it and keeps what came", () => {
    const divergence = { index: 1, recorded: "persist", now: "view-entered", thrown: null };
    const effects = [cancel, entered];
    const [life] = lives(begins(0), input(0, 1), {
      ...(input(0, 2, effects) as Extract<ReplayEvent, { kind: "input" }>),
      recorded: ["cancel-timer", "persist"],
      divergence,
    });
    expect(life).to.deep.include({ effects: 2, notDone: { kind: "diverged", detail: null } });
    expect(life?.divergence).to.deep.include({ ...divergence, number: 2, effects, recordedKinds: ["cancel-timer", "persist"] });
  });

  it("counts files that can not be read", () => {
    expect(reportOf([{ kind: "unreadable", segment: 4 }], () => undefined)).to.deep.equal({ lives: [], unreadable: 1 });
  });
});
