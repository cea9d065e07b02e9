import { expect } from "chai";
import { parseDuration } from "../../src/view/duration.js";
import { asciiOf, wantsAscii } from "../../src/view/glyphs.js";
import { fitLine, lineText, span, spread } from "../../src/view/line.js";
import { nearest } from "../../src/view/nearest.js";
import { compact, timeSpan } from "../../src/view/numbers.js";
import { painter, wantsColour } from "../../src/view/paint.js";
import { columnsThatFit } from "../../src/view/table.js";

describe("view/duration", () => {
  const good: readonly [string, number][] = [
    ["500ms", 500],
    ["10s", 10_000],
    ["1m", 60_000],
    ["1.5s", 1500],
    ["2h", 7_200_000],
    [" 3 S ", 3000],
  ];
  for (const [text, ms] of good) {
    it(`reads ${text}`, () => expect(parseDuration(text)).to.deep.equal({ ok: true, ms }));
  }

  const bad: readonly [string, string][] = [
    ["10", '"10" has no unit; write 10s for seconds or 10ms for milliseconds'],
    ["soon", '"soon" is not a time span; write it like 500ms, 10s or 1m'],
    ["-5s", '"-5s" is not a time span; write it like 500ms, 10s or 1m'],
    ["5 days", '"5 days" has an unknown unit; write it like 500ms, 10s or 1m'],
    ["0s", '"0s" is too short; write it like 500ms, 10s or 1m'],
    ["25h", '"25h" is too long; the longest is 24h'],
    ["1constructor", '"1constructor" has an unknown unit; write it like 500ms, 10s or 1m'],
  ];
  for (const [text, error] of bad) {
    it(`refuses ${text}`, () => expect(parseDuration(text)).to.deep.equal({ ok: false, error }));
  }
});

describe("view/nearest", () => {
  const known = ["up", "down", "status", "submit", "kill", "restart", "byzantine"];
  it("finds the word that was meant", () => {
    expect(nearest("stauts", known)).to.equal("status");
    expect(nearest("sumbit", known)).to.equal("submit");
    expect(nearest("byz", known)).to.equal("byzantine");
    expect(nearest("KILL", known)).to.equal("kill");
  });
  it("does not guess wildly", () => {
    expect(nearest("partition", known)).to.equal(null);
    expect(nearest("", known)).to.equal(null);
  });
});

describe("view/numbers", () => {
  it("keeps counts short", () => {
    expect([0, 999, 1000, 12_345, 999_999, 1_234_567].map(compact)).to.deep.equal(["0", "999", "1k", "12.3k", "999k", "1.2M"]);
  });
  it("says times as people do", () => {
    expect([4.23, 87, 1520, 59_000, 125_000, 3_700_000].map(timeSpan)).to.deep.equal([
      "4.2 ms",
      "87 ms",
      "1.5 s",
      "59 s",
      "2 min 5 s",
      "1 h 1 min",
    ]);
  });
});

describe("view/line", () => {
  it("shortens the part that does not fit and drops what follows", () => {
    expect(lineText(fitLine([span("abc"), span("defg"), span("h")], 6))).to.equal("abcde…");
    expect(lineText(fitLine([span("abc"), span("def")], 6))).to.equal("abcdef");
    expect(lineText(fitLine([span("abc"), span("def"), span("g")], 6))).to.equal("abcde…");
  });
  it("puts two parts at the two ends, the left one first when there is no room", () => {
    expect(lineText(spread([span("left")], [span("right")], 12))).to.equal("left   right");
    expect(lineText(spread([span("left")], [span("right")], 10))).to.equal("left");
  });
});

describe("view/paint", () => {
  it("colours a terminal only, and never against the person's wish", () => {
    expect(wantsColour({ isTTY: true }, {})).to.equal(true);
    expect(wantsColour({}, {})).to.equal(false);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: "1" })).to.equal(false);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: "" })).to.equal(true);
    expect(wantsColour({ isTTY: true }, { TERM: "dumb" })).to.equal(false);
    expect(wantsColour({}, { FORCE_COLOR: "1" })).to.equal(true);
    expect(wantsColour({ isTTY: true }, { FORCE_COLOR: "0" })).to.equal(false);
  });
  it("writes the same text with and without colours", () => {
    const line = [span("◆ primary", "primary"), span(" x"), span("bad", "badBar")];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences begin with one
    const bare = (text: string) => text.replace(/\u001b\[[0-9;]*m/g, "");
    for (const kind of ["colour", "plain"] as const) {
      expect(bare(painter(kind)(line))).to.equal(painter("text")(line));
      expect(painter(kind)(line)).to.not.equal(painter("text")(line));
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences begin with one
    expect(painter("plain")(line)).to.not.match(/\u001b\[[34]/);
  });
  it("writes ASCII where nothing else is shown", () => {
    expect(painter("text", true)([span("◆ primary"), span(" ●●· 2/3 → …")])).to.equal("* primary oo. 2/3 > ~");
    expect(asciiOf("größe")).to.equal("größe");
    expect([{ LC_ALL: "C" }, { TERM: "linux" }, { BFT_ASCII: "1" }, { LANG: "C.UTF-8" }, {}].map(wantsAscii)).to.deep.equal([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("view/table", () => {
  it("leaves out the columns of the lowest priority first, and keeps the order of the others", () => {
    const column = (title: string, width: number, priority: number) => ({ title, width, priority, align: "left" as const });
    const all = [column("a", 4, 3), column("b", 4, 1), column("c", 4, 2)];
    expect(columnsThatFit(all, 16).map(({ title }) => title)).to.deep.equal(["a", "b", "c"]);
    expect(columnsThatFit(all, 15).map(({ title }) => title)).to.deep.equal(["a", "c"]);
    expect(columnsThatFit(all, 1).map(({ title }) => title)).to.deep.equal(["a"]);
  });
});
