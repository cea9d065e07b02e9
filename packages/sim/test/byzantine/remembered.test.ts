import { expect } from "chai";
import { Remembered } from "../../src/byzantine/remembered.js";

describe("what a liar remembers", () => {
  it("is bounded: the oldest entry goes first", () => {
    const map = new Remembered<string, number>(2);
    for (const [index, key] of ["a", "b", "c"].entries()) map.set(key, index);
    expect([map.get("a"), map.get("b"), map.get("c")]).to.deep.equal([undefined, 1, 2]);
    expect(map.size).to.equal(2);
  });

  it("what was set again counts as new", () => {
    const map = new Remembered<string, number>(2);
    for (const key of ["a", "b", "a", "c"]) map.set(key, 0);
    expect([map.has("a"), map.has("b"), map.has("c")]).to.deep.equal([true, false, true]);
  });

  it("forgets what is deleted", () => {
    const map = new Remembered<string, number>(2);
    map.set("a", 1);
    map.delete("a");
    expect(map.values()).to.deep.equal([]);
  });
});
