import { expect } from "chai";
import { type CheckLine, line, orUnknown, reportOf } from "../../src/services/check-report.js";
import { checkExitCode, checkJson, checkLines } from "../../src/view/check-report.js";
import { lineText } from "../../src/view/line.js";

const good = line("agreement", "12 executions of 3 sequence numbers");
const bad: CheckLine = {
  ...line("order", "12 executions"),
  verdict: "violated",
  why: "replica 1 executed 7 after 5,\nwhere 6 was due.",
  replicas: [1],
  seq: 7,
};
const open = orUnknown(line("liveness", "2 of 4 replicas take part"), "3 are needed");

function texts(checks: readonly CheckLine[], liars: readonly number[] = []): readonly string[] {
  return checkLines(reportOf(checks, liars), 80).map((row) => lineText(row).trimEnd());
}

describe("view/check-report", () => {
  it("a row a check, the verdict last", () => {
    expect(texts([good])).to.deep.equal(["agreement  holds     12 executions of 3 sequence numbers", "holds"]);
  });

  it("below what does not hold it says why, and who is not judged", () => {
    expect(texts([good, bad, open], [3])).to.deep.equal([
      "agreement  holds     12 executions of 3 sequence numbers",
      "order      violated  12 executions",
      "                     replica 1 executed 7 after 5,",
      "                     where 6 was due.",
      "liveness   unknown   2 of 4 replicas take part",
      "                     3 are needed",
      "not judged, because it lied at some time: replica 3",
      "violated: order",
    ]);
  });

  it("what is missing does not hide what was broken", () => {
    expect(orUnknown(bad, "half of it is missing")).to.equal(bad);
    expect(reportOf([good, open], []).summary).to.equal("unknown: liveness; nothing is violated, 1 of 2 checks hold");
  });

  it("exit codes: 0 holds, 1 violated, 2 unknown", () => {
    expect([[good], [open, bad], [good, open]].map((checks) => checkExitCode(reportOf(checks, [])))).to.deep.equal([0, 1, 2]);
  });

  it("control characters of a hostile text are written out", () => {
    expect(texts([{ ...bad, why: "\u001b[2Jgone" }]).join("\n")).to.match(/\\u001b\[2Jgone/);
  });

  it("as JSON: everything, in a stable shape", () => {
    expect(checkJson(".bft", "none", reportOf([bad], [2]))).to.deep.equal({
      dir: ".bft",
      auth: "none",
      verdict: "violated",
      summary: "violated: order",
      liars: [2],
      checks: [bad],
    });
  });
});
