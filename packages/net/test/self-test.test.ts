import { selectScheme } from "@bft/net";
import { verify as nobleVerify } from "@noble/ed25519";
import { expect } from "chai";
import type { SignatureScheme } from "../src/crypto/scheme.js";
import { failedSelfTest } from "../src/crypto/self-test.js";

describe("the self-test of a signature scheme", () => {
  const honest = selectScheme("noble");
  const judging = (verify: SignatureScheme["verify"]): SignatureScheme => ({ ...honest, verify });

  it("passes the three", () => {
    for (const name of ["sodium", "node", "noble"] as const) expect(failedSelfTest(selectScheme(name))).to.equal(null);
  });

  it("finds a cofactored library", () => {
    const cofactored = judging((publicKey, bytes, signature) => nobleVerify(signature, bytes, publicKey, { zip215: false }));
    expect(failedSelfTest(cofactored)).to.equal('it should refuse "small-order R (speccheck 2)" and does not');
  });

  it("finds a library that refuses everything", () => {
    expect(failedSelfTest(judging(() => false))).to.contain("should accept");
  });

  it("finds a library that accepts everything", () => {
    expect(failedSelfTest(judging(() => true))).to.contain("should refuse");
  });
});
