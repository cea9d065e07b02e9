import type { Codec, MessageBase } from "@bft/core";
import { expect } from "chai";
import { readingEqualPayloadsOnce } from "../src/equal-payloads.js";

describe("a codec that reads equal payloads once", () => {
  const counting = () => {
    let read = 0;
    const codec: Codec<MessageBase> = {
      encode: () => Uint8Array.of(7),
      decode: (payload) => {
        read += 1;
        if (payload[0] === 0) return { ok: false, error: { code: "payload-bad-shape", detail: `${read}` } };
        return { ok: true, message: { kind: `${payload}` } };
      },
    };
    return { codec: readingEqualPayloadsOnce(codec), read: () => read };
  };

  it("gives the same message for the same bytes, and reads them once", () => {
    const { codec, read } = counting();
    const first = codec.decode(Uint8Array.of(1, 2));
    expect(codec.decode(Uint8Array.of(1, 2))).to.equal(first);
    expect(codec.decode(Uint8Array.of(1, 2))).to.equal(first);
    expect(read()).to.equal(1);
  });

  it("reads everything else: other bytes, fewer, more, and the first ones again", () => {
    const { codec, read } = counting();
    const payloads = [[1, 2], [1, 3], [1], [1, 2, 3], [], [1, 2]];
    expect(payloads.map((bytes) => codec.decode(Uint8Array.from(bytes)))).to.deep.equal(
      payloads.map((bytes) => ({ ok: true, message: { kind: bytes.join() } })),
    );
    expect(read()).to.equal(payloads.length);
  });

  it("refuses again what it refused", () => {
    const { codec } = counting();
    expect(codec.decode(Uint8Array.of(0)).ok).to.equal(false);
    expect(codec.decode(Uint8Array.of(0)).ok).to.equal(false);
    expect([...codec.encode({ kind: "any" })]).to.deep.equal([7]);
  });
});
