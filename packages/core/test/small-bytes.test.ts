import { expect } from "chai";
import { copyBytes, newBytes } from "../src/small-bytes.js";

const LENGTHS = [0, 1, 64, 300, 512, 513, 4096, 4097];

describe("small bytes", () => {
  it("are zeros, and nobody else's, whatever was asked for before", () => {
    const pieces = Array.from({ length: 200 }, (_, i) => newBytes(LENGTHS[i % LENGTHS.length] ?? 0));
    for (const [i, piece] of pieces.entries()) {
      expect(piece.length).to.equal(LENGTHS[i % LENGTHS.length]);
      expect(piece.every((byte) => byte === 0)).to.equal(true);
      piece.fill(1 + (i % 255));
    }
    for (const [i, piece] of pieces.entries()) expect(piece.every((byte) => byte === 1 + (i % 255))).to.equal(true);
  });

  it("a copy does not change with what it was made of", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const copy = copyBytes(bytes);
    bytes.fill(9);
    expect([...copy]).to.deep.equal([1, 2, 3]);
  });

  it("what is kept keeps no more than 4 KiB", () => {
    for (const length of LENGTHS) expect(newBytes(length).buffer.byteLength).to.be.at.most(Math.max(4096, length));
  });
});
