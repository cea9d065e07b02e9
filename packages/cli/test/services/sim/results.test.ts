import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { ResultsFolder } from "../../../src/services/sim/results.js";

describe("a folder of results", () => {
  let out: string;
  beforeEach(() => {
    out = mkdtempSync(path.join(tmpdir(), "bft-results-"));
  });
  afterEach(() => rmSync(out, { recursive: true }));

  it("is a new one each time, even within a second, and latest leads to the last", () => {
    const now = new Date(2026, 0, 31, 14, 5, 9);
    for (let i = 0; i < 3; i++) {
      const folder = new ResultsFolder(out, now);
      expect(folder.write("summary.json", String(i))).to.equal(path.join(folder.path, "summary.json"));
      expect(readFileSync(path.join(out, "latest", "summary.json"), "utf8")).to.equal(String(i));
    }
    const names = ["2026-01-31T14-05-09", "2026-01-31T14-05-09-2", "2026-01-31T14-05-09-3", "latest"];
    expect(readdirSync(out).sort()).to.deep.equal(names);
    // It still leads there when all is moved.
    expect(readlinkSync(path.join(out, "latest"))).to.equal("2026-01-31T14-05-09-3");
  });

  it("says in one sentence what can not be written, and what next", () => {
    const file = path.join(out, "file");
    writeFileSync(file, "");
    expect(() => new ResultsFolder(path.join(file, "inside"), new Date())).to.throw(
      /can not be written: .*; name another place with --out/,
    );
  });
});
