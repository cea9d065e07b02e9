import { expect } from "chai";
import * as fc from "fast-check";
import { cut, fit, listed, printable, replicasNamed, shorten, widthOf, wrapped } from "../../src/view/text.js";

describe("view/text", () => {
  it("writes out what a terminal would obey", () => {
    expect(printable("a\u001b[2Jb\u0007\n\u202ec")).to.equal("a\\u001b[2Jb\\u0007\\n\\u202ec");
    expect(printable("größe 値 ✓")).to.equal("größe 値 ✓");
  });

  it("leaves no control character in any text", () => {
    return fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        expect(printable(text)).to.not.match(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it("counts columns, not letters", () => {
    expect(widthOf("abc")).to.equal(3);
    expect(widthOf("値")).to.equal(2);
    expect(widthOf("◆●‖✓…")).to.equal(5);
  });

  it("never cuts, shortens or fits to more columns than there are", () => {
    return fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, columns) => {
        const shown = printable(text);
        expect(widthOf(cut(shown, columns))).to.be.at.most(columns);
        expect(widthOf(shorten(shown, columns))).to.be.at.most(columns);
        expect(widthOf(fit(shown, columns))).to.equal(columns);
      }),
    );
  });

  it("marks what it shortens", () => {
    expect(shorten("abcdef", 4)).to.equal("abc…");
    expect(shorten("値値値", 4)).to.equal("値…");
    expect(shorten("abc", 3)).to.equal("abc");
    expect(fit("7", 3, "right")).to.equal("  7");
  });

  it("lists as a sentence does", () => {
    expect(listed([])).to.equal("");
    expect(listed([1])).to.equal("1");
    expect(listed([1, 2, 3])).to.equal("1, 2 and 3");
    expect(replicasNamed([3])).to.equal("replica 3");
    expect(replicasNamed([0, 3])).to.equal("replicas 0 and 3");
    expect(replicasNamed([0, 1, 2, 4, 5, 6, 7])).to.equal("replicas 0, 1, 2 and 4 to 7");
  });

  it("wraps between words", () => {
    expect(wrapped("one two three four", 9)).to.deep.equal(["one two", "three", "four"]);
    expect(wrapped("incomprehensible no", 5)).to.deep.equal(["incomprehensible", "no"]);
  });
});
