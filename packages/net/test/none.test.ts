import { generateKeyPair, selectScheme } from "@bft/net";
import { expect } from "chai";
import { failedSelfTest } from "../src/crypto/self-test.js";

describe("the signature scheme none, for measuring only", () => {
  const scheme = selectScheme("none");
  const [one, other] = [generateKeyPair(scheme), generateKeyPair(scheme)];
  const bytes = Uint8Array.of(1, 2, 3);

  it("takes any 64 bytes for anybody's signature of anything, and no other length", () => {
    for (const key of [one, other])
      for (const signature of [new Uint8Array(64), new Uint8Array(64).fill(255), scheme.sign(one.seed, bytes)])
        expect(scheme.verify(key.publicKey, bytes, signature)).to.equal(true);
    for (const length of [0, 63, 65]) expect(scheme.verify(one.publicKey, bytes, new Uint8Array(length))).to.equal(false);
    expect(scheme.verify(new Uint8Array(31), bytes, new Uint8Array(64))).to.equal(false);
  });

  it("can not pass for one that authenticates, and nobody gets it without asking", () => {
    expect(failedSelfTest(scheme)).to.contain("should refuse");
    expect(selectScheme("auto").name).to.not.equal("none");
  });

  it("gives each message of each signer one name, and makes no signature", () => {
    const ed25519 = selectScheme("auto");
    const name = (seed: Uint8Array, payload: Uint8Array) =>
      Buffer.from(scheme.sign(seed, payload).subarray(0, 8)).toString("hex");
    const names = [name(one.seed, bytes), name(other.seed, bytes), name(one.seed, Uint8Array.of(1, 2, 4))];
    expect(new Set(names).size).to.equal(3);
    expect(name(one.seed, bytes), "the same again").to.equal(names[0]);
    expect(scheme.sign(one.seed, bytes)).to.have.length(64);
    expect(ed25519.verify(one.publicKey, bytes, scheme.sign(one.seed, bytes))).to.equal(false);
  });

  it("has real keys, and refuses what is none as the others do", () => {
    expect(selectScheme("noble").publicKey(one.seed)).to.deep.equal(one.publicKey);
    expect(() => scheme.sign(new Uint8Array(31), bytes)).to.throw(TypeError, "got 31");
  });
});
