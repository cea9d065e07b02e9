import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FileLog, readLog } from "../src/durable-log.js";
import { initialiseFolder, segmentName } from "../src/segments.js";
import { Storage } from "../src/storage.js";

const RECORD = Uint8Array.of(1, 2, 3);

describe("the first segment of a replica that lost its disk", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bft-storage-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = () =>
    Storage.open(folder, "buffered", (error) => {
      throw error;
    });

  it("gets its name with its first records in it: a crash before that leaves none, and the loss is still known", async () => {
    writeFileSync(join(folder, `${segmentName(0)}.new`), "");
    const { storage, saved } = open();
    expect(saved.lost).to.equal(true);
    await storage.append([RECORD], true);
    expect(readLog(join(folder, segmentName(0))).records.map((each) => [...each])).to.deep.equal([[...RECORD]]);
    await storage.close();
    const again = open();
    expect(again.saved.lost).to.equal(false);
    await again.storage.close();
  });

  it("is empty by name only in a folder that was made for a new replica", async () => {
    await initialiseFolder(folder);
    const { storage, saved } = open();
    expect(saved).to.deep.equal({ state: null, records: [], lost: false });
    await storage.close();
  });

  it("when its records can not be written there is no log by that name", async () => {
    const path = join(folder, segmentName(0));
    const unwritable = { length: 2 ** 40 } as unknown as Uint8Array;
    let failed = false;
    await FileLog.create(path, [unwritable], "buffered").catch(() => {
      failed = true;
    });
    expect(failed).to.equal(true);
    expect(existsSync(path), readdirSync(folder).join()).to.equal(false);
  });
});
