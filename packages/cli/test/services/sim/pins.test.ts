import { expect } from "chai";
import { type PinFlags, pinFlagsText, pinsOf, pinTextsOf, shellWord } from "../../../src/services/sim/pins.js";
import { subjectOf } from "../../../src/services/sim/subject.js";

describe("pinned options", () => {
  it("are the short flags and --set together", () => {
    const texts = pinTextsOf({ liars: "2", f: "1", behaviour: "silent", set: ["drop=0.3", "reorder=true", "reads=fast"] });
    expect(pinsOf(texts)).to.deep.equal({ f: 1, liars: 2, behaviour: "silent", drop: 0.3, reorder: true, reads: "fast" });
  });

  it("are written as the flags that give them again, in one order", () => {
    const text = " --f 1 --liars 2 --set drop=0.3";
    expect(pinFlagsText(pinTextsOf({ set: ["drop=0.3", "liars=2"], f: "1" }))).to.equal(text);
    expect(pinFlagsText(pinTextsOf({ liars: "2", f: "1", set: ["drop=0.3"] }))).to.equal(text);
    expect(pinFlagsText([])).to.equal("");
  });

  const wrong: readonly (readonly [title: string, flags: PinFlags, says: RegExp])[] = [
    [
      "an option that there is not",
      { set: ["dorp=0.3"] },
      /there is no option "dorp"; did you mean drop; all of them: bft sim run --list/,
    ],
    ["one that is nothing like any", { set: ["__proto__=1"] }, /there is no option "__proto__"; all of them/],
    ["no value", { set: ["drop"] }, /--set takes an option and its value, such as --set drop=0.3, not "drop"/],
    ["no name", { set: ["=1"] }, /--set takes an option/],
    ["an option twice", { f: "1", set: ["f=2"] }, /f is pinned twice/],
    ["a value out of range", { set: ["drop=2"] }, /drop must be a number from 0 to 1, got "2"/],
    ["a number that is none", { f: "two" }, /f must be an integer from 0 to 5, got "two"/],
    ["a behaviour that there is not", { behaviour: "equivocat" }, /no behaviour of PBFT "equivocat"; did you mean equivocate/],
  ];
  for (const [title, flags, says] of wrong) {
    it(`refuse ${title}`, () => expect(() => pinsOf(pinTextsOf(flags))).to.throw(says));
  }

  it("stand in a shell as they are", () => {
    expect(shellWord("drop=0.3")).to.equal("drop=0.3");
    expect(shellWord("it's; rm -rf")).to.equal("'it'\\''s; rm -rf'");
  });
});

describe("what to replay or to shrink", () => {
  it("is a seed with pins", () => {
    const { plan, typed, name, transcript } = subjectOf(undefined, { seed: 7, f: "2", set: ["crashes=0"] });
    expect({ typed, name, transcript }).to.deep.equal({
      typed: "--seed 7 --f 2 --set crashes=0",
      name: "seed 7",
      transcript: null,
    });
    expect(plan).to.include({ seed: 7, faults: 2 });
    expect(plan.actions.filter(({ kind }) => kind === "crash")).to.deep.equal([]);
  });

  it("is refused when it is not said, or said twice", () => {
    expect(() => subjectOf(undefined, {})).to.throw(/--seed 7, or the file of a transcript/);
    expect(() => subjectOf("x.txt", { seed: 7 })).to.throw(/leave --seed and the pinned options out, or leave out the file/);
    expect(() => subjectOf("x.txt", { f: "1" })).to.throw(/leave --seed/);
  });

  it("is refused when the options do not go together, or the file is none", () => {
    expect(() => subjectOf(undefined, { seed: 7, f: "2", set: ["replicas=4"] })).to.throw(
      /seed 7: n must be an integer >= 3f\+1 = 7, got 4/,
    );
    expect(() => subjectOf("/nowhere/x.txt", {})).to.throw(/\/nowhere\/x.txt can not be read as a transcript: .*; name a file/);
  });
});
