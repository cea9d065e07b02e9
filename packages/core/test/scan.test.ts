import { decodeWire, encodeWire, fromHex, type ScanLimits, scan, type WireValue, wireInteger } from "@bft/core";
import { expect } from "chai";
import fc from "fast-check";

const LIMITS: ScanLimits = { depthMax: 6, itemsMax: 1000 };
const code = (hex: string, limits = LIMITS) => scan(fromHex(hex), limits)?.code ?? null;

describe("structural scan (RFC 8949)", () => {
  const accepted: readonly (readonly [title: string, hex: string])[] = [
    ["0", "00"],
    ["23, the largest in one byte", "17"],
    ["24, the smallest in two", "1818"],
    ["255", "18ff"],
    ["256", "190100"],
    ["65536", "1a00010000"],
    ["2^32", "1b0000000100000000"],
    ["2^53-1", "1b001fffffffffffff"],
    ["false, true, null", "83f4f5f6"],
    ["empty byte string, text and array", "83406080"],
    ["text with two, three and four bytes a character", "69c3a9e282acf09f9880"],
    ["the first and last characters beside the surrogates", "66ed9fbfee8080"],
    ["the last character, U+10FFFF", "64f48fbfbf"],
    ["arrays to the depth limit", `${"81".repeat(6)}00`],
    ["an array as long as the item limit allows", `9903e7${"00".repeat(999)}`],
  ];
  for (const [title, hex] of accepted)
    it(`accepts ${title}`, () => {
      expect(code(hex)).to.equal(null);
    });

  const refused: readonly (readonly [code: string, title: string, hex: string])[] = [
    ["payload-truncated", "nothing", ""],
    ["payload-truncated", "half a number", "1901"],
    ["payload-truncated", "a text shorter than announced", "6361"],
    ["payload-truncated", "an array with too few items", "8200"],
    ["payload-truncated", "2^53-1 items announced", "9b001fffffffffffff"],
    ["payload-truncated", "2^32 bytes announced", "5b0000000100000000"],
    ["payload-trailing-bytes", "a byte after the end", "0000"],
    ["payload-trailing-bytes", "a second array", "8080"],
    ["payload-forbidden-type", "tag 2, a big number: quadratic time in cbor-x", "c24101"],
    ["payload-forbidden-type", "tag 3, a negative big number", "c34101"],
    ["payload-forbidden-type", "tag 27, an object", "d81b8100"],
    ["payload-forbidden-type", "tag 28, a shared value", "d81c8100"],
    ["payload-forbidden-type", "tag 29, a reference", "d81d00"],
    ["payload-forbidden-type", "tag 105, a record definition", "d8698100"],
    ["payload-forbidden-type", "tag 51, packed values", "d8338100"],
    ["payload-forbidden-type", "a map", "a10000"],
    ["payload-forbidden-type", "an empty map", "a0"],
    ["payload-forbidden-type", "a negative number", "20"],
    ["payload-forbidden-type", "a half float", "f93c00"],
    ["payload-forbidden-type", "a float", "fa3f800000"],
    ["payload-forbidden-type", "a double", "fb3ff0000000000000"],
    ["payload-forbidden-type", "undefined", "f7"],
    ["payload-forbidden-type", "a simple value", "f8ff"],
    ["payload-forbidden-type", "an array of indefinite length", "9fff"],
    ["payload-forbidden-type", "a text of indefinite length", "7fff"],
    ["payload-forbidden-type", "a reserved length", "1c"],
    ["payload-too-deep", "arrays below the depth limit", `${"81".repeat(7)}00`],
    ["payload-too-many-items", "more items than the limit", `9903e8${"00".repeat(1000)}`],
    ["payload-integer-too-large", "2^53", "1b0020000000000000"],
    ["payload-integer-too-large", "2^64-1", "1bffffffffffffffff"],
    ["payload-integer-too-large", "a length of 2^64-1", "5bffffffffffffffff"],
    ["payload-not-canonical", "0 in two bytes", "1800"],
    ["payload-not-canonical", "23 in two bytes", "1817"],
    ["payload-not-canonical", "255 in three bytes", "1900ff"],
    ["payload-not-canonical", "65535 in five bytes", "1a0000ffff"],
    ["payload-not-canonical", "2^32-1 in nine bytes", "1b00000000ffffffff"],
    ["payload-not-canonical", "a length in two bytes where one does", "580100"],
    ["payload-bad-utf8", "a lone continuation byte", "6180"],
    ["payload-bad-utf8", "an overlong two-byte form", "62c080"],
    ["payload-bad-utf8", "an overlong three-byte form", "63e08080"],
    ["payload-bad-utf8", "an overlong four-byte form", "64f0808080"],
    ["payload-bad-utf8", "a surrogate", "63eda080"],
    ["payload-bad-utf8", "a character over U+10FFFF", "64f4908080"],
    ["payload-bad-utf8", "a character cut short by the end of the text", "61c3"],
    ["payload-bad-utf8", "a character whose rest belongs to the next item", "8261c3a9"],
    ["payload-bad-utf8", "0xfe", "61fe"],
  ];
  for (const [expected, title, hex] of refused)
    it(`${expected}: ${title}`, () => {
      expect(code(hex)).to.equal(expected);
    });

  it("never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeWire(bytes, LIMITS)),
      { numRuns: 2000 },
    );
  });

  it("looks at each byte a bounded number of times, however the bytes are arranged", () => {
    const reads = (bytes: Uint8Array) => {
      let count = 0;
      const counted = new Proxy(bytes, {
        get: (target, key) => {
          if (typeof key === "string" && /^\d+$/.test(key)) count += 1;
          return Reflect.get(target, key, target) as unknown;
        },
      });
      scan(counted, { depthMax: 100_000, itemsMax: 1_000_000 });
      return count;
    };
    for (const unit of ["81", "80", "00", "60", "8100", "6361626a", "9a00000fff", "1818"]) {
      const bytes = fromHex(unit.repeat(Math.floor(4096 / (unit.length / 2))));
      expect(reads(bytes), unit).to.be.at.most(2 * bytes.length + 2);
    }
  });

  it("refuses a count that is a lie before it looks at the items", () => {
    expect(scan(fromHex("9a7fffffff00"), { depthMax: 6, itemsMax: 2 ** 40 })?.detail).to.match(/2147483647 items announced/);
  });

  it("what our encoder writes passes and comes back", () => {
    const text = fc.string({ unit: "binary" }).filter((each) => each.isWellFormed() && !each.startsWith("\uFEFF"));
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "small", maxDepth: 5 },
        fc.maxSafeNat(),
        text,
        fc.uint8Array(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("tree")),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const decoded = decodeWire(encodeWire(wire(value)), { depthMax: 10, itemsMax: 100_000 });
        expect("value" in decoded && plain(decoded.value)).to.deep.equal(plain(value));
      }),
    );
  });
});

function wire(value: unknown): WireValue {
  if (typeof value === "number") return wireInteger(value);
  return Array.isArray(value) ? value.map(wire) : (value as WireValue);
}

/** Byte strings and large integers in one form, for a comparison. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value].join();
  if (typeof value === "bigint") return Number(value);
  return Array.isArray(value) ? value.map(plain) : value;
}
