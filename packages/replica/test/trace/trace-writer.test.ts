import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { executed, Folders, readAll, started, textIn, told, writerIn } from "./support.js";

/** Room for about ten events a segment, and for three segments. */
const SMALL = { segmentBytesMax: 2_000, totalBytesMax: 6_000, segmentsMax: 100 };

describe("trace writer", () => {
  const folders = new Folders();
  after(() => folders.remove());

  it("what it is told is what is read, in order, with times that never go back", async () => {
    const folder = folders.make();
    const writer = writerIn(folder);
    writer.add(started());
    for (let seq = 1; seq <= 5; seq++) writer.add(executed(seq));
    await writer.close();
    const { events, summary } = readAll(folder);
    expect(told(events)).to.deep.equal(["started 0", ...[1, 2, 3, 4, 5].map((seq) => `executed ${seq}`)]);
    const times = events.map(({ at }) => at);
    expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
    expect(summary).to.deep.include({ events: 6, fromTheBeginning: true, lastExecuted: 5, lied: false, damage: null });
  });

  it("nothing is told before the records that it rests on are durable, and nothing that rests on lost ones ever", async () => {
    const folder = folders.make();
    const writer = writerIn(folder);
    writer.add(started());
    writer.recordSeen();
    writer.add(executed(1));
    writer.recordSeen();
    writer.add(executed(2));
    await writer.flush();
    expect(told(readAll(folder).events)).to.deep.equal(["started 0"]);
    writer.recordsDurable(1);
    await writer.flush();
    expect(told(readAll(folder).events)).to.deep.equal(["started 0", "executed 1"]);
    await writer.close();
    expect(told(readAll(folder).events)).to.deep.equal(["started 0", "executed 1"]);
  });

  it("fills one segment after the other, keeps within its bounds, and a reader knows where the rest goes on", async () => {
    const folder = folders.make();
    const writer = writerIn(folder, { bounds: SMALL });
    writer.add(started());
    for (let seq = 1; seq <= 100; seq++) {
      writer.add(executed(seq));
      await writer.flush();
      const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
      expect(Math.max(...sizes)).to.be.at.most(SMALL.segmentBytesMax);
      expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.at.most(SMALL.totalBytesMax);
    }
    await writer.close();
    const { events, summary } = readAll(folder);
    const first = summary.firstSeq ?? 0;
    expect(first, "some were deleted").to.be.greaterThan(50);
    expect(told(events).slice(0, 2)).to.deep.equal([`started ${first - 1}`, `executed ${first}`]);
    expect(summary).to.deep.include({ fromTheBeginning: false, lastExecuted: 100, damage: null });
    expect(events, "no other start in between").to.have.length(100 - first + 2);
  });

  it("processes that start over and over do not fill the folder with segments", async () => {
    const folder = folders.make();
    for (let i = 0; i < 9; i++) {
      const writer = writerIn(folder, { bounds: { ...SMALL, totalBytesMax: 1 << 20, segmentsMax: 4 } });
      writer.add(started());
      await writer.close();
    }
    expect(readdirSync(folder)).to.deep.equal(["000005.jsonl", "000006.jsonl", "000007.jsonl", "000008.jsonl"]);
  });

  it("that a replica lied is known after all segments that told it were deleted", async () => {
    const folder = folders.make();
    const liar = writerIn(folder, { bounds: SMALL });
    liar.add({ kind: "behaves", replica: 1, behaviour: "silent" });
    await liar.close();
    const later = writerIn(folder, { bounds: SMALL });
    later.add(started());
    for (let seq = 1; seq <= 100; seq++) later.add(executed(seq));
    await later.close();
    expect(textIn(folder)).to.not.match(/"behaves"/);
    expect(readAll(folder).summary.lied).to.equal(true);
  });

  it("honest again is not a lie", async () => {
    const folder = folders.make();
    const writer = writerIn(folder);
    writer.add({ kind: "behaves", replica: 1, behaviour: null });
    await writer.close();
    expect(readAll(folder).summary.lied).to.equal(false);
  });

  it("a folder that can not be written ends the trace, says so once, and harms nobody", async () => {
    const folder = join(folders.make(), "file");
    writeFileSync(folder, "");
    const errors: unknown[] = [];
    const writer = writerIn(folder, { onStopped: (error) => errors.push(error) });
    writer.add(started());
    await writer.flush();
    writer.add(executed(1));
    await writer.close();
    expect(errors).to.have.length(1);
    expect(errors[0]).to.match(/EEXIST|ENOTDIR/);
  });

  it("a disk that is much slower than what happens ends the trace, not the memory", () => {
    const errors: unknown[] = [];
    const writer = writerIn(folders.make(), { onStopped: (error) => errors.push(error) });
    // No record becomes durable, so nothing may be told.
    writer.recordSeen();
    const broke = { kind: "broke", replica: 1, error: "x".repeat(1 << 20) } as const;
    for (let i = 0; i < 40; i++) writer.add(broke);
    expect(errors).to.have.length(1);
    expect(errors[0]).to.match(/bytes wait for the disk/);
  });
});
