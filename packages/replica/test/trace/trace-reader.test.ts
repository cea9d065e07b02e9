import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { executed, Folders, readAll, started, told, writerIn } from "./support.js";

/** A folder with a process's trace: `started`, then these executions. */
async function process(folder: string, from: number, to: number, boot = "boot-1"): Promise<void> {
  const writer = writerIn(folder, { boot });
  writer.add(started(from - 1));
  for (let seq = from; seq <= to; seq++) writer.add(executed(seq));
  await writer.close();
}

describe("trace reader", () => {
  const folders = new Folders();
  after(() => folders.remove());

  it("the line that a killed process did not finish is left out, and the next process goes on", async () => {
    const folder = folders.make();
    await process(folder, 1, 3);
    const file = join(folder, "000000.jsonl");
    truncateSync(file, readFileSync(file).length - 20);
    await process(folder, 3, 4);
    const { events, summary } = readAll(folder);
    expect(told(events)).to.deep.equal([
      "started 0",
      "executed 1",
      "executed 2",
      "crashed",
      "started 2",
      "executed 3",
      "executed 4",
    ]);
    expect(summary).to.deep.include({ damage: null, fromTheBeginning: true });
  });

  it("a line that is no event ends the reading, and the summary says where", async () => {
    const folder = folders.make();
    await process(folder, 1, 2);
    appendFileSync(join(folder, "000000.jsonl"), '{"at":1,"kind":"executed","replica":1}\n');
    await process(folder, 3, 4);
    const { events, summary } = readAll(folder);
    expect(told(events)).to.deep.equal(["started 0", "executed 1", "executed 2"]);
    expect(summary.damage).to.equal("line 5 of 000000.jsonl can not be read");
  });

  for (const [title, line] of [
    ["another replica's", { at: 1, kind: "crashed", replica: 2 }],
    ["without a time", { kind: "crashed", replica: 1 }],
    ["of a kind that there is not", { at: 1, kind: "rested", replica: 1 }],
    ["with a field of another type", { at: 1, kind: "votes-again", replica: 1, seq: "7" }],
    ["a list", []],
  ] as const)
    it(`a line is no event: ${title}`, async () => {
      const folder = folders.make();
      await process(folder, 1, 1);
      appendFileSync(join(folder, "000000.jsonl"), `${JSON.stringify(line)}\n`);
      expect(readAll(folder).summary.damage).to.equal("line 4 of 000000.jsonl can not be read");
    });

  it("what happened later than asked for is left out", async () => {
    const folder = folders.make();
    await process(folder, 1, 3);
    const { events } = readAll(folder);
    const { at } = events[1] ?? { at: 0 };
    expect(told(readAll(folder, at).events)).to.include.members(["started 0", "executed 1"]);
    expect(told(readAll(folder, (events[0]?.at ?? 0) - 1).events)).to.deep.equal([]);
  });

  it("segments from before the machine was started the last time are left out: their clock was another", async () => {
    const folder = folders.make();
    await process(folder, 1, 3, "boot-0");
    await process(folder, 4, 5);
    const { events, summary } = readAll(folder);
    expect(told(events)).to.deep.equal(["started 3", "executed 4", "executed 5"]);
    expect(summary).to.deep.include({ fromTheBeginning: false, firstSeq: 4 });
  });

  it("a process that traced nothing leaves a gap: what follows is not from the beginning", async () => {
    const folder = folders.make();
    const untraced = writerIn(folder, { traced: false });
    untraced.add(started());
    await untraced.close();
    expect(readAll(folder).summary).to.deep.include({ traced: false, fromTheBeginning: false });
    await process(folder, 7, 8);
    expect(readAll(folder).summary).to.deep.include({ traced: false, fromTheBeginning: false, firstSeq: 7 });
  });

  it("a segment of another cluster, and one without a header, are left out", async () => {
    const folder = folders.make();
    await process(folder, 1, 1);
    const text = readFileSync(join(folder, "000000.jsonl"), "utf8");
    writeFileSync(join(folder, "000001.jsonl"), text.replace("c0c0", "c1c1"));
    writeFileSync(join(folder, "000002.jsonl"), "");
    expect(told(readAll(folder).events)).to.deep.equal(["started 0", "executed 1"]);
  });

  it("counts of dropped messages of all processes are added up", async () => {
    const folder = folders.make();
    for (const counts of [{ old: 2 }, { old: 1, far: 4 }]) {
      const writer = writerIn(folder);
      writer.add(started());
      writer.addDropped({ old: 1 });
      writer.addDropped(counts);
      await writer.close();
    }
    expect(readAll(folder).summary.dropped).to.deep.equal({ old: 3, far: 4 });
  });

  it("no folder is an empty trace", () => {
    const folder = join(folders.make(), "none");
    expect(readAll(folder).summary).to.deep.include({ events: 0, lastExecuted: 0, damage: null, lied: false });
    mkdirSync(folder);
    expect(readAll(folder).events).to.deep.equal([]);
  });
});
