import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DamageError, type Durability, FileLog, readLog } from "../src/durable-log.js";

const [FIRST, SECOND, THIRD] = [Uint8Array.of(1, 1, 1), Uint8Array.of(2, 2), Uint8Array.of(3)];
/** Bytes around one record. */
const AROUND = 18 + 4;

describe("a log on the disk", () => {
  let folder = "";
  let path = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bft-log-"));
    path = join(folder, "log");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A closed log of these records, each appended alone. */
  const written = async (durability: Durability, ...appended: readonly (readonly [Uint8Array, boolean])[]) => {
    const log = await FileLog.create(path, [], durability);
    for (const [record, sync] of appended) await log.append([record], sync);
    log.close();
  };
  const read = () => {
    const { records, tornBytes } = readLog(path);
    return { records: records.map((each) => [...each]), tornBytes };
  };
  /** What the disk did not come to, or forgot. */
  const zeroed = (from: number, length: number) => {
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0, from, from + length));
  };

  it("has room for what comes when it is synchronised, which is neither read nor called torn", async () => {
    await written("fsync", [FIRST, true]);
    expect(statSync(path).size).to.be.greaterThan(100_000);
    expect(read()).to.deep.equal({ records: [[1, 1, 1]], tornBytes: 0 });
    expect(statSync(path).size).to.equal(AROUND + 3);
  });

  it("makes none for what is only handed to the operating system", async () => {
    await written("buffered", [FIRST, true]);
    expect(statSync(path).size).to.equal(AROUND + 3);
  });

  it("is appended to behind the last record, in the room and beyond it", async () => {
    await written("fsync", [FIRST, true]);
    read();
    const log = FileLog.open(path, "fsync");
    const large = new Uint8Array(50_000).fill(7);
    await log.append([SECOND], false);
    for (let i = 0; i < 12; i++) await log.append([large], true);
    const larger = new Uint8Array(500_000).fill(8);
    await log.append([larger], true);
    await log.append([THIRD], true);
    log.close();
    const { records, tornBytes } = readLog(path);
    expect(tornBytes).to.equal(0);
    expect(records.map(({ length }) => length)).to.deep.equal([3, 2, ...Array(12).fill(50_000), 500_000, 1]);
    expect([...(records.at(-1) ?? [])]).to.deep.equal([3]);
  });

  it("what a crash left of the last group is cut off, and counted without the room", async () => {
    await written("fsync", [FIRST, true], [SECOND, true]);
    zeroed(AROUND + 3 + AROUND, 2);
    expect(read()).to.deep.equal({ records: [[1, 1, 1]], tornBytes: AROUND });
    appendFileSync(path, Uint8Array.of(9));
    expect(read()).to.deep.equal({ records: [[1, 1, 1]], tornBytes: 1 });
  });

  it("a disk that wrote the later of two groups first, and was cut off, tore both", async () => {
    await written("fsync", [FIRST, true], [SECOND, false], [THIRD, true]);
    zeroed(AROUND + 3, AROUND + 2);
    expect(read()).to.deep.equal({ records: [[1, 1, 1]], tornBytes: 2 * AROUND + 3 });
  });

  for (const durability of ["fsync", "buffered"] as const)
    it(`${durability}: a group that had been written when a later one was is damaged, not torn`, async () => {
      await written(durability, [FIRST, true], [SECOND, true], [THIRD, true]);
      zeroed(AROUND + 3 + AROUND, 1);
      expect(() => readLog(path)).to.throw(DamageError, `damaged at byte ${AROUND + 3}`);
    });

  it("what an earlier process wrote and did not synchronise counts as written when there is more", async () => {
    await written("fsync", [FIRST, true], [SECOND, false]);
    read();
    const log = FileLog.open(path, "fsync");
    await log.append([THIRD], true);
    log.close();
    zeroed(AROUND + 3, AROUND + 2);
    expect(() => readLog(path)).to.throw(DamageError);
  });
});
