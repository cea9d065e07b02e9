import { fromHex, toHex } from "@bft/core";
import { generateKeyPair, type SchemeName, selectScheme, vetPublicKey } from "@bft/net";
import { expect } from "chai";
import fc from "fast-check";
import { MIXED_ORDER_KEY, RFC_8032, SMALL_ORDER_ENCODINGS, VECTORS } from "./support/crypto-vectors.js";

const names: readonly SchemeName[] = ["sodium", "node", "noble"];
const schemes = names.map((name) => selectScheme(name));

describe("signature schemes: one verification predicate (docs/adr/0010)", () => {
  for (const scheme of schemes) {
    describe(scheme.name, () => {
      for (const { title, seed, publicKey, message, signature } of RFC_8032) {
        it(`signs and derives the key as RFC 8032 §7.1 ${title}`, () => {
          expect(toHex(scheme.publicKey(fromHex(seed)))).to.equal(publicKey);
          expect(toHex(scheme.sign(fromHex(seed), fromHex(message)))).to.equal(signature);
        });
      }

      it("refuses a seed of a wrong length when it signs", () => {
        for (const length of [0, 31, 33, 64]) {
          expect(() => scheme.sign(new Uint8Array(length), new Uint8Array(1))).to.throw(TypeError, `got ${length}`);
          expect(() => scheme.publicKey(new Uint8Array(length))).to.throw(TypeError, `got ${length}`);
        }
      });

      it("does not confuse keys that are changed in place", () => {
        const seed = new Uint8Array(32).fill(1);
        const first = scheme.publicKey(seed);
        seed.fill(2);
        const second = scheme.publicKey(seed);
        expect(toHex(second)).to.not.equal(toHex(first));
        const bytes = Uint8Array.of(9);
        const signature = scheme.sign(seed, bytes);
        expect(scheme.verify(first, bytes, signature)).to.equal(false);
        first.set(second);
        expect(scheme.verify(first, bytes, signature)).to.equal(true);
      });
    });
  }

  for (const { title, accept, publicKey, message, signature } of VECTORS) {
    it(`all three ${accept ? "accept" : "refuse"}: ${title}`, () => {
      const verdicts = Object.fromEntries(schemes.map((scheme) => [scheme.name, scheme.verify(publicKey, message, signature)]));
      expect(verdicts).to.deep.equal({ sodium: accept, node: accept, noble: accept });
    });
  }

  it("what one signs every one accepts, and refuses when a bit differs", function () {
    this.timeout(60_000);
    const bytes = fc.uint8Array({ maxLength: 300 });
    const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seed, bytes, fc.nat(511), (secret, message, bit) => {
        for (const signer of schemes) {
          const publicKey = signer.publicKey(secret);
          const signature = signer.sign(secret, message);
          const flipped = signature.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
          for (const verifier of schemes) {
            expect(verifier.verify(publicKey, message, signature), `${signer.name} -> ${verifier.name}`).to.equal(true);
            expect(verifier.verify(publicKey, message, flipped), `${signer.name} -> ${verifier.name}, bit ${bit}`).to.equal(
              false,
            );
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  it("agree on bytes that nobody signed", function () {
    this.timeout(60_000);
    const key = fc.uint8Array({ minLength: 30, maxLength: 34 });
    const signature = fc.uint8Array({ minLength: 62, maxLength: 66 });
    fc.assert(
      fc.property(key, fc.uint8Array({ maxLength: 8 }), signature, (publicKey, message, bytes) => {
        for (const scheme of schemes) expect(scheme.verify(publicKey, message, bytes)).to.equal(false);
      }),
    );
  });

  it("auto is sodium where it loads", () => {
    expect(selectScheme("auto").name).to.equal("sodium");
  });

  it("an unknown scheme is a TypeError that lists the known ones", () => {
    expect(() => selectScheme("rsa" as SchemeName)).to.throw(TypeError, "auto, sodium, node, noble and none");
  });
});

describe("vetPublicKey", () => {
  const honest = generateKeyPair(selectScheme("auto")).publicKey;
  const cases: readonly (readonly [title: string, key: Uint8Array, code: string | null])[] = [
    ["an honest key", honest, null],
    ["31 bytes", honest.subarray(1), "key-length"],
    ["33 bytes", Uint8Array.from([...honest, 0]), "key-length"],
    ["y = p + 3, not canonical", fromHex(`f0${"ff".repeat(30)}7f`), "key-not-canonical"],
    ["off the curve", fromHex(`02${"00".repeat(31)}`), "key-not-on-curve"],
    ["mixed order", MIXED_ORDER_KEY, "key-mixed-order"],
    ...SMALL_ORDER_ENCODINGS.slice(0, 10).map((key) => [`small order ${toHex(key)}`, key, "key-small-order"] as const),
    ...SMALL_ORDER_ENCODINGS.slice(10).map((key) => [`small order ${toHex(key)}`, key, "key-not-canonical"] as const),
  ];
  for (const [title, key, code] of cases) {
    it(`${code ?? "accepts"}: ${title}, with sodium and without`, () => {
      expect(vetPublicKey(key)?.code ?? null).to.equal(code);
      expect(vetPublicKey(key, null)?.code ?? null).to.equal(code);
    });
  }
});
