import { expect } from "chai";
import type { Chart } from "../../src/chart/chart.js";
import { chartLines } from "../../src/chart/text.js";
import { asciiOf } from "../../src/view/glyphs.js";
import { lineText, lineWidth } from "../../src/view/line.js";
import { drawnChart, HOSTILE, message } from "./drawn-chart.js";
import { chartIn, simRun, without } from "./support.js";

function textOf(chart: Chart, columns: number): readonly string[] {
  return chartLines(chart, columns).map((line) => lineText(line).trimEnd());
}

/** The lines of the lanes, without title, heads and legend. */
function bodyOf(chart: Chart, columns = 80): readonly string[] {
  return textOf(chart, columns).slice(4, -2);
}

const normal = chartIn(simRun(), { kind: "seq", seq: 1 });

describe("chart as text", () => {
  it("draws a broadcast as one line, with a head at each lane that it came to", () => {
    const messages = [message({ to: 1 }), message({ to: 2 })];
    expect(bodyOf(drawnChart({ messages }))).to.deep.equal(["prepare             ●────────────▶┼────────────▶│"]);
  });

  it("draws to both sides, and the other lanes through", () => {
    const messages = [message({ from: 1, to: 0 }), message({ from: 1, to: 2 })];
    expect(bodyOf(drawnChart({ messages }))).to.deep.equal(["prepare             │◀────────────●────────────▶│"]);
    expect(bodyOf(drawnChart({ messages: [message({ from: 2, to: 0 })] }))[0]).to.equal(
      "prepare             │◀────────────┼─────────────●",
    );
  });

  it("shows by a sign of its own what came late, was refused, was lost, and is not told", () => {
    const sign = (other: Parameters<typeof message>[0]) => bodyOf(drawnChart({ messages: [message(other)] }))[0] ?? "";
    expect(sign({ fate: "dropped", because: "already-prepared" })).to.match(/●─+▷│/);
    expect(sign({ fate: "dropped", because: "view-ahead" })).to.match(/●─+✗│ +│ +refused, view-ahead$/);
    expect(sign({ fate: "lost", because: "the link is cut", arrivedRow: null })).to.match(/●─+× {2}│ +│ +lost, the link is cut$/);
    expect(sign({ fate: "unknown", arrivedRow: null })).to.match(/●─+\?│/);
    expect(sign({ lying: true, detail: "digest ab" })).to.match(/lie: ab$/);
  });

  it("puts what a liar tells to each of them on lines of their own, and the lane's sign says that it lies", () => {
    const [first, ...others] = drawnChart().lanes;
    const lanes = first === undefined ? [] : [{ ...first, behaviour: "equivocate" }, ...others];
    const messages = [message({ lying: true, detail: "digest aa" }), message({ to: 2, lying: true, detail: "digest bb" })];
    expect(bodyOf(drawnChart({ lanes, messages }))).to.have.length(2);
    expect(textOf(drawnChart({ lanes }), 80)[3]).to.match(/▲ lies/);
  });

  it("of the normal case names the phases in their order, each once", () => {
    const names = textOf(normal, 80).flatMap((line) => /^(\S+) .*[│●■]/.exec(line)?.[1] ?? []);
    expect(names).to.deep.equal(["request", "pre-prepare", "prepare", "commit", "reply"]);
  });

  for (const columns of [30, 50, 80, 100, 160])
    it(`fits ${columns} columns, with four replicas and with ten`, () => {
      const ten = chartIn(simRun({ f: 3 }), { kind: "seq", seq: 1 });
      const view = chartIn(simRun({}, 1, without(0)), { kind: "view", view: 1 });
      for (const chart of [normal, ten, view])
        for (const line of chartLines(chart, columns)) expect(lineWidth(line), lineText(line)).to.be.at.most(columns);
    });

  it("is a list where the lanes do not fit: who sends what to whom, and how it went", () => {
    const lines = textOf(
      drawnChart({ messages: [message(), message({ to: 2, fate: "lost", because: "cut", arrivedRow: null })] }),
      26,
    );
    expect(lines.join("\n")).to.match(/r0 → r1, r2/);
  });

  it("is ASCII where the terminal shows nothing else, each sign a column", () => {
    for (const line of textOf(normal, 80)) {
      const ascii = asciiOf(line);
      expect(ascii).to.match(/^[\x20-\x7e]*$/);
      expect(ascii).to.have.length([...line].length);
    }
  });

  it("shows nothing that a terminal would obey", () => {
    const chart = drawnChart({ title: HOSTILE, messages: [message({ detail: HOSTILE })], notes: [HOSTILE] });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what it is for
    for (const columns of [20, 80]) for (const line of textOf(chart, columns)) expect(line).to.not.match(/[\u0000-\u001f\u2028]/);
  });
});
