import { encodeFrame, FrameParser } from "@bft/net";
import { expect } from "chai";
import fc from "fast-check";

/** All frames that come out when `chunks` go in one after the other, copied; ends at a refusal. */
function parse(
  chunks: readonly Uint8Array[],
  frameBytesMax: number,
): { readonly frames: Uint8Array[]; readonly refused: number | null } {
  const parser = new FrameParser(frameBytesMax);
  const frames: Uint8Array[] = [];
  for (const chunk of chunks) {
    parser.push(chunk);
    for (let result = parser.next(); result.kind !== "need-more"; result = parser.next()) {
      if (result.kind === "refused") return { frames, refused: result.refusal.announcedBytes };
      frames.push(new Uint8Array(result.body));
    }
  }
  return { frames, refused: null };
}

/** `bytes` cut at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

const concat = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

describe("FrameParser", () => {
  it("gives the same frames however the stream is cut", () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 });
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(), { maxLength: 30 }), (frames, places) => {
        const stream = concat(frames.map(encodeFrame));
        expect(parse(cut(stream, places), 200)).to.deep.equal({ frames, refused: null });
      }),
    );
  });

  it("gives frames that came one byte at a time", () => {
    const frames = [new Uint8Array(0), new Uint8Array(10_000).fill(7), Uint8Array.of(1)];
    const stream = concat(frames.map(encodeFrame));
    const bytes = Array.from(stream, (byte) => Uint8Array.of(byte));
    expect(parse(bytes, 10_000)).to.deep.equal({ frames, refused: null });
  });

  it("takes a frame of exactly the limit and refuses one byte more, after the frames before it", () => {
    const first = Uint8Array.of(1, 2, 3);
    expect(parse([concat([encodeFrame(first), encodeFrame(new Uint8Array(16))])], 16).refused).to.equal(null);
    expect(parse([concat([encodeFrame(first), encodeFrame(new Uint8Array(17))])], 16)).to.deep.equal({
      frames: [first],
      refused: 17,
    });
  });

  it("refuses a length of 4 GiB from its header alone, and stays refused", () => {
    const parser = new FrameParser(1 << 20);
    parser.push(Uint8Array.of(255, 255, 255, 255));
    const refusal = { code: "frame-too-large", announcedBytes: 0xffffffff, frameBytesMax: 1 << 20 };
    expect(parser.next()).to.deep.equal({ kind: "refused", refusal });
    parser.push(encodeFrame(Uint8Array.of(1)));
    expect(parser.next()).to.deep.equal({ kind: "refused", refusal });
  });

  it("does not allocate what was only announced", () => {
    const announced = 1 << 30;
    const parsers = Array.from({ length: 100 }, () => new FrameParser(announced));
    const before = process.memoryUsage().arrayBuffers;
    for (const parser of parsers) {
      parser.push(Uint8Array.of(0x40, 0, 0, 0, 1));
      expect(parser.next().kind).to.equal("need-more");
    }
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(8 << 20);
  });

  it("takes a large frame in small chunks in linear time", () => {
    const parser = new FrameParser(32 << 20);
    const chunk = new Uint8Array(1024);
    const header = new Uint8Array(4);
    new DataView(header.buffer).setUint32(0, 32 << 20);
    parser.push(header);
    const start = process.cpuUsage();
    for (let sent = 0; sent < 32 << 20; sent += chunk.length) {
      parser.push(chunk);
      if (sent + chunk.length < 32 << 20 && parser.next().kind !== "need-more") expect.fail("a frame came early");
    }
    expect(parser.next()).to.have.property("kind", "frame");
    const { user, system } = process.cpuUsage(start);
    // quadratic copying would move half a terabyte here
    expect((user + system) / 1000).to.be.below(5_000);
  });

  it("a new limit holds for the next frame", () => {
    const parser = new FrameParser(4);
    parser.push(concat([encodeFrame(new Uint8Array(4)), encodeFrame(new Uint8Array(9))]));
    expect(parser.next().kind).to.equal("frame");
    parser.frameBytesMax = 9;
    expect(parser.next().kind).to.equal("frame");
  });

  it("refuses a limit that is none", () => {
    for (const limit of [0, -1, 1.5, Number.NaN, 2 ** 32]) expect(() => new FrameParser(limit)).to.throw(RangeError, `${limit}`);
  });
});
