import { expect } from "chai";
import { traceSegments } from "../../src/trace/segments.js";
import { TraceReader } from "../../src/trace/trace-reader.js";
import { segmentsIn, type TraceWindow } from "../../src/trace/window.js";
import { CLUSTER, executed, Folders, started, writerIn } from "./support.js";

/** Some events each. */
const BOUNDS = { segmentBytesMax: 1500, totalBytesMax: 1 << 20, segmentsMax: 64 };

describe("a window of a trace", () => {
  const folders = new Folders();
  after(() => folders.remove());

  /** Two processes that executed 1 to 60, in segments of a few; the second one is in view 1. */
  async function traced(): Promise<string> {
    const folder = folders.make();
    const first = writerIn(folder, { bounds: BOUNDS });
    first.add(started(0));
    for (let seq = 1; seq <= 40; seq++) first.add(executed(seq));
    await first.close();
    const second = writerIn(folder, { bounds: BOUNDS });
    second.add({ ...started(40), view: 1 } as ReturnType<typeof started>);
    for (let seq = 41; seq <= 60; seq++) second.add(executed(seq));
    await second.close();
    return folder;
  }

  function seqsRead(folder: string, window: TraceWindow): readonly number[] {
    const options = { folder, clusterId: CLUSTER, replica: 1, boot: "boot-1", until: Number.POSITIVE_INFINITY };
    return [...new TraceReader(options, window).events()].flatMap((event) => (event.kind === "executed" ? event.seq : []));
  }

  it("of a sequence number has it, and what may have been said of it before, and not everything", async () => {
    const folder = await traced();
    for (const seq of [1, 17, 39, 40, 41, 60]) {
      const seqs = seqsRead(folder, { kind: "seq", seq, ahead: 2 });
      expect(seqs, `${seq}`).to.include(seq);
      expect(seqs.length, `${seq}`).to.be.below(30);
      expect(seqs).to.deep.equal(Array.from(seqs, (_, index) => (seqs[0] ?? 0) + index));
    }
    expect(seqsRead(folder, { kind: "seq", seq: 17, ahead: 256 }), "all that is before").to.include.members([1, 10, 17]);
  });

  it("of the end is the last of it, across segments", async () => {
    const folder = await traced();
    expect(seqsRead(folder, { kind: "end", bytes: 1000 }).at(-1)).to.equal(60);
    expect(seqsRead(folder, { kind: "end", bytes: 1000 }).length).to.be.within(1, 20);
    expect(seqsRead(folder, { kind: "end", bytes: 1 << 20 })).to.have.length(60);
  });

  it("of a long trace is what stands near, and what says how the replica stood before", async () => {
    const folder = folders.make();
    const writer = writerIn(folder);
    writer.add(started(0));
    writer.add({ kind: "behaves", replica: 1, behaviour: "equivocate" });
    for (let seq = 1; seq <= 12_000; seq++) writer.add(executed(seq));
    await writer.close();
    for (const window of [
      { kind: "seq", seq: 11_000, ahead: 256 },
      { kind: "end", bytes: 50_000 },
    ] as const) {
      const options = { folder, clusterId: CLUSTER, replica: 1, boot: "boot-1", until: Number.POSITIVE_INFINITY };
      const reader = new TraceReader(options, window);
      const events = [...reader.events()];
      expect(events.slice(0, 2).map(({ kind }) => kind)).to.deep.equal(["started", "behaves"]);
      expect(events.length).to.be.below(6000);
      expect(reader.summary().damage).to.equal(null);
      const seqs = events.flatMap((event) => (event.kind === "executed" ? event.seq : []));
      expect(seqs).to.deep.equal(Array.from(seqs, (_, index) => (seqs[0] ?? 0) + index));
    }
    expect(seqsRead(folder, { kind: "seq", seq: 11_000, ahead: 256 })).to.include.members([10_999, 11_000, 11_001]);
  });

  it("of a view has the segment in which it was entered, and one before", async () => {
    const folder = await traced();
    const segments = traceSegments(folder);
    const kept = segmentsIn({ kind: "view", view: 1 }, folder, segments);
    expect(kept.length).to.be.below(segments.length);
    expect(kept.at(-1)).to.equal(segments.at(-1));
    expect(seqsRead(folder, { kind: "view", view: 1 })).to.include(41);
    expect(seqsRead(folder, { kind: "view", view: 1 })).to.not.include(1);
  });

  it("of everything is everything, and a folder that is gone is empty", async () => {
    expect(seqsRead(await traced(), { kind: "all" })).to.have.length(60);
    expect(seqsRead("/nowhere", { kind: "seq", seq: 1, ahead: 1 })).to.deep.equal([]);
    expect(segmentsIn({ kind: "end", bytes: 1 }, "/nowhere", [3])).to.deep.equal([3]);
  });
});
