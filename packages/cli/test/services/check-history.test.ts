import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { checkHistoryFile } from "../../src/services/check-history.js";

/** A write that was answered, then a read: of this value. */
function history(read: string | null, service = "kv"): string {
  const at = (id: number, operation: string, value: string | null) => ({
    client: 0,
    id,
    operations: [operation],
    readOnly: false,
    invoked: id,
    returned: id + 0.5,
    results: [{ ok: true, value }],
  });
  return JSON.stringify({ version: 1, service, operations: [at(1, "set x 1", "ok"), at(2, "get x", read)] });
}

describe("services/check-history", () => {
  const folder = mkdtempSync(join(tmpdir(), "bft-history-"));
  after(() => rmSync(folder, { recursive: true }));

  function file(text: string): string {
    const path = join(folder, "history.json");
    writeFileSync(path, text);
    return path;
  }

  it("holds for a read that sees what was written", async () => {
    const { verdict, summary, checks } = await checkHistoryFile(file(history("1")));
    expect({ verdict, summary }).to.deep.equal({ verdict: "holds", summary: "holds" });
    expect(checks[0]).to.deep.include({ name: "linearizability", looked: "2 requests of 1 client" });
  });

  it("is violated by a read that does not, and says which", async () => {
    const { verdict, checks } = await checkHistoryFile(file(history(null)));
    expect(verdict).to.equal("violated");
    expect(checks[0]?.why).to.match(/get x/);
  });

  for (const [title, text, says] of [
    ["what is no history", "[]", /history\.json is not a history: the file: expected an object/],
    ["a service that does not come with bft", history("1", "mine"), /is of a service "mine"; only those that come with bft/],
  ] as const)
    it(`refuses ${title}`, async () => {
      const failed = await checkHistoryFile(file(text)).catch((error: Error) => error);
      expect(failed).to.deep.include({ code: "bad-history", exitCode: 2 });
      expect((failed as Error).message).to.match(says);
    });

  it("refuses a file that is not there", async () => {
    const failed = await checkHistoryFile(join(folder, "none.json")).catch((error: Error) => error);
    expect(failed).to.deep.include({ code: "no-history", exitCode: 2 });
  });
});
