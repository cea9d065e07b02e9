import type { Effect, MessageBase } from "@bft/core";
import { expect } from "chai";
import type { FoundDivergence, NotDone, ReplayedLife, ReplayReport } from "../../src/services/replay.js";
import { lineText, lineWidth } from "../../src/view/line.js";
import { type ReplayFacts, replayExitCode, replayJson, replayLines, replayVerdict } from "../../src/view/replay.js";
import { kindsText } from "../../src/view/replay-words.js";

const facts: ReplayFacts = {
  protocol: "pbft",
  replica: 1,
  replicas: 4,
  untilMs: 10_000,
  nowMs: 10_250,
  running: false,
  dirFlag: " --dir lab",
};
const whole: ReplayedLife = {
  life: 0,
  notDone: null,
  inputsGone: 0,
  inputs: 40,
  inputsDone: 40,
  effects: 90,
  viewsEntered: 1,
  statesInstalled: 1,
  until: 5,
  boot: "b",
  tornBytes: 0,
  reached: { view: 1, lastExecuted: 12, lowWaterMark: 8 },
  divergence: null,
};
const divergence: FoundDivergence = {
  number: 17,
  input: { kind: "timer-fired", timer: "view-change" },
  index: 1,
  recorded: "persist",
  now: "start-timer",
  thrown: null,
  recordedKinds: ["cancel-timer", "persist", "broadcast"],
  effects: [
    { kind: "cancel-timer", timer: "status" },
    { kind: "start-timer", timer: "status", delayMs: 250 },
  ] as Effect<MessageBase>[],
};

function report(...lives: readonly Partial<ReplayedLife>[]): ReplayReport {
  return { lives: lives.map((each, index) => ({ ...whole, life: index, ...each })), unreadable: 0 };
}

function text(of: ReplayReport, change: Partial<ReplayFacts> = {}): string {
  return replayLines(of, { ...facts, ...change }, 400)
    .map(lineText)
    .join("\n");
}

function notDone(kind: NotDone["kind"], detail: string | null = null): Partial<ReplayedLife> {
  return { notDone: { kind, detail }, inputsDone: 0, effects: 0, reached: null, inputsGone: 900 };
}

describe("the answer of bft replay", () => {
  it("a row a life, and the sum", () => {
    const same = report({}, { viewsEntered: 0, statesInstalled: 0 });
    expect(text(same)).to.match(/^replica 1 \(pbft\), 2 lives recorded, until \d\d:\d\d:\d\d, 250 ms ago\n/);
    expect(text(same)).to.contain(
      "life 0    40 inputs and 90 effects done again, entered 1 view, installed 1 state of others; came to view 1, executed 12, checkpoint 8",
    );
    expect(text(same)).to.match(/\nthe same: 80 inputs, 180 equal effects, 0 differing$/);
    expect([replayVerdict(same), replayExitCode(same)]).to.deep.equal(["same", 0]);
  });

  it("what differs is called a bug, with what to send", () => {
    const differs = report({ divergence, notDone: { kind: "diverged", detail: null }, inputsDone: 17, reached: null });
    const lines = text(differs);
    expect(lines).to.contain("differs: life 0, input 17: finds the time of view-change over");
    expect(lines).to.contain("recorded: cancel-timer, persist, broadcast");
    expect(lines).to.contain("now:      cancel-timer, start-timer");
    expect(lines).to.contain("effect 2: persist was recorded, start-timer came (starts the timer status: 250 ms)");
    expect(lines).to.contain("that is a bug of bft. Please report it");
    expect(lines).to.contain("bft replay 1 --life 0 --to 17 --json --dir lab");
    expect(lines).to.match(/\nnot the same: 17 inputs, 90 equal effects, 1 differing$/);
    expect([replayVerdict(differs), replayExitCode(differs)]).to.deep.equal(["diverged", 1]);
    const thrown = report({ divergence: { ...divergence, thrown: "a slot without a batch", now: null, effects: [] } });
    expect(text(thrown)).to.contain("it throws: a slot without a batch");
  });

  for (const [kind, words] of [
    ["beginning-gone", "its first 900 inputs and the state that it began with are gone"],
    ["base-too-large", "would take more than half"],
    ["unknown-protocol", "does not know its protocol"],
    ["damaged", "its recording is damaged (no \\u001b here)"],
  ] as const)
    it(`says what can not be done again, and why: ${kind}`, () => {
      const unknown = report(notDone(kind, kind === "damaged" ? "no \u001b here" : null), {});
      expect(text(unknown)).to.contain("life 0    40 inputs, can not be done again: ").and.to.contain(words);
      expect(text(unknown)).to.match(/\nthe same as far as it could be done again, which is not everywhere: 40 inputs/);
      expect([replayVerdict(unknown), replayExitCode(unknown)]).to.deep.equal(["unknown", 2]);
    });

  it("says what to do for a life that can be done again, and that nothing could be", () => {
    const none = report(notDone("beginning-gone"));
    expect(text(none)).to.match(/begins with: bft restart 1 --dir lab\nnothing could be done again$/);
  });

  it("says that the rest of a life can not be done again, that an end is torn, and that files can not be read", () => {
    const rest = report({ notDone: { kind: "damaged", detail: null }, inputsDone: 30 });
    expect(text(rest)).to.contain("30 of 40 inputs and 90 effects done again");
    expect(text(rest)).to.contain("the rest can not be done again: its recording is damaged");
    expect(text(report({ tornBytes: 7 }))).to.contain("its last 7 bytes were not written whole");
    const unreadable = { ...report({}), unreadable: 2 };
    expect(text(unreadable)).to.contain("2 files of the recording can not be read at all");
    expect(replayExitCode(unreadable)).to.equal(2);
  });

  it("says until when: before the last start of the machine nobody can tell, and who records no more says so", () => {
    expect(text(report({}), { untilMs: null })).to.contain("recorded, before this machine was started");
    expect(text(report({}), { running: true, nowMs: 60_000 })).to.contain("50 s ago; it runs, but records no more");
    expect(text(report({}), { running: true })).to.not.contain("records no more");
  });

  it("fits the width", () => {
    const lines = replayLines(report({ divergence }, notDone("beginning-gone")), facts, 80);
    for (const line of lines) expect(lineWidth(line), lineText(line)).to.be.at.most(80);
  });

  it("as JSON it has the same facts", () => {
    const json = replayJson(report({ divergence }, {}), facts);
    expect(json).to.deep.include({ replica: 1, protocol: "pbft", verdict: "diverged", until: "1970-01-01T00:00:10.000Z" });
    expect(json.lives[0]?.divergence).to.deep.equal({
      number: 17,
      input: "finds the time of view-change over",
      index: 1,
      recorded: ["cancel-timer", "persist", "broadcast"],
      now: ["cancel-timer", "start-timer"],
      thrown: null,
    });
    expect(Object.keys(json.lives[1] ?? {})).to.not.include.members(["boot"]);
  });

  it("kinds in a row are counted", () => {
    expect(kindsText([])).to.equal("nothing");
    expect(kindsText(["send", "send", "persist", "send"])).to.equal("send x 2, persist, send");
  });
});
