import { byzantineQuorums, primaryOf, type View } from "@bft/core";
import { expect } from "chai";

describe("quorums", () => {
  describe("§3, §4: for every n <= 40 and every f with n >= 3f+1", () => {
    for (let n = 1; n <= 40; n++)
      it(`n = ${n}`, () => {
        for (let f = 0; 3 * f + 1 <= n; f++) {
          const { quorum, weakQuorum } = byzantineQuorums(n, f);
          expect(2 * quorum - n, `f = ${f}: two quorums share a correct replica`).to.be.greaterThan(f);
          expect(quorum, `f = ${f}: the correct replicas alone form a quorum`).to.be.at.most(n - f);
          expect(2 * (quorum - 1) - n, `f = ${f}: one replica less would not do`).to.be.at.most(f);
          expect(weakQuorum, `f = ${f}: a weak quorum holds a correct replica`).to.equal(f + 1);
        }
      });
  });

  const known: readonly (readonly [n: number, f: number, quorum: number])[] = [
    [1, 0, 1],
    [2, 0, 2],
    [3, 0, 2],
    [4, 1, 3],
    [5, 1, 4],
    [6, 1, 4],
    [7, 2, 5],
    [8, 2, 6],
    [10, 3, 7],
    [13, 4, 9],
    [31, 10, 21],
  ];
  for (const [n, f, quorum] of known)
    it(`§4: n = ${n}, f = ${f} takes a quorum of ${quorum}${n === 3 * f + 1 ? " = 2f+1" : ""}`, () => {
      expect(byzantineQuorums(n, f)).to.deep.equal({ replicas: n, faults: f, quorum, weakQuorum: f + 1 });
    });

  const refused: readonly (readonly [n: number, f: number, message: RegExp])[] = [
    [3, 1, /n must be an integer >= 3f\+1 = 4, got 3/],
    [6, 2, /= 7, got 6/],
    [0, 0, /= 1, got 0/],
    [4.5, 1, /got 4.5/],
    [Number.NaN, 1, /got NaN/],
    [4, -1, /f must be an integer >= 0, got -1/],
    [4, 0.5, /got 0.5/],
    [Number.POSITIVE_INFINITY, 1, /got Infinity/],
  ];
  for (const [n, f, message] of refused)
    it(`refuses n = ${n}, f = ${f}`, () => {
      expect(() => byzantineQuorums(n, f)).to.throw(RangeError, message);
    });

  it("§4: the primary of view v is replica v mod n", () => {
    const system = byzantineQuorums(4, 1);
    expect([0, 1, 2, 3, 4, 5, 2 ** 53 - 1].map((v) => primaryOf(v as View, system))).to.deep.equal([0, 1, 2, 3, 0, 1, 3]);
  });
});
