import {
  assertNever,
  bytesEqual,
  clientId,
  clientPrincipal,
  fromHex,
  InvariantError,
  invariant,
  principalName,
  replicaId,
  replicaPrincipal,
  seqNum,
  timestamp,
  toHex,
  view,
} from "@bft/core";
import { expect } from "chai";
import fc from "fast-check";

describe("ids and bytes", () => {
  const makers = { replicaId, clientId, view, seqNum, timestamp };
  for (const [name, make] of Object.entries(makers))
    for (const [value, good] of [
      [0, true],
      [1, true],
      [2 ** 53 - 1, true],
      [-1, false],
      [1.5, false],
      [2 ** 53, false],
      [Number.NaN, false],
    ] as const)
      it(`${name}(${value}) is ${good ? "accepted" : "refused"}`, () => {
        if (good) expect(make(value)).to.equal(value);
        else expect(() => make(value)).to.throw(RangeError, `must be an integer >= 0, got ${value}`);
      });

  it("a replica and a client of one number are two principals", () => {
    expect(principalName(replicaPrincipal(replicaId(2)))).to.equal("replica 2");
    expect(principalName(clientPrincipal(clientId(2)))).to.equal("client 2");
  });

  it("hexadecimal digits and bytes are two forms of one thing", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void expect(fromHex(toHex(bytes))).to.deep.equal(bytes)));
    expect(toHex(Uint8Array.of(0, 15, 255))).to.equal("000fff");
    expect(fromHex("00FFab")).to.deep.equal(Uint8Array.of(0, 255, 171));
  });

  for (const text of ["0", "0g", "0x00", " 00", "00 "])
    it(`fromHex refuses "${text}"`, () => {
      expect(() => fromHex(text)).to.throw(RangeError, "hexadecimal");
    });

  it("bytesEqual compares lengths and contents", () => {
    expect(bytesEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).to.equal(true);
    expect(bytesEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).to.equal(false);
    expect(bytesEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3))).to.equal(false);
  });

  it("a broken invariant and an unknown variant are bugs of ours", () => {
    expect(() => invariant(false, "why")).to.throw(InvariantError, "why");
    expect(() => invariant(true, "why")).to.not.throw();
    expect(() => assertNever("odd" as never)).to.throw(InvariantError, "odd");
  });
});
