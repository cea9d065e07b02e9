import { expect } from "chai";
import type { Explanation } from "../../src/services/explain/explanation.js";
import { explainExitCode, explainJson, explainLines, shortLines } from "../../src/view/explain.js";
import { lineText, lineWidth } from "../../src/view/line.js";
import { printable } from "../../src/view/text.js";
import { at, explained, open, REQUEST, SEQ } from "../services/explain/support.js";

/** Two of four are down, and one refused what it should not have been sent. */
function stuck(): Explanation {
  const has = at(11, [open({ prepares: [0, 1] })], { timers: [{ timer: "view-change", dueInMs: 940 }] });
  const refusal = { replica: 1, from: "replica 0", message: "prepare", count: 3 };
  return explained(SEQ, {
    replicas: [at(11, [open({ prepares: [0, 1] })]), has, "down", "down"],
    trace: {
      refusals: [
        { ...refusal, reason: "duplicate" },
        { ...refusal, reason: "prepare-from-primary" },
      ],
    },
  });
}

function text(explanation: Explanation, width = 80): readonly string[] {
  return explainLines(explanation, "pbft", width).map((line) => lineText(line).trimEnd());
}

describe("view/explain", () => {
  it("the verdict first, then a row a replica, why, what was refused, and what comes next", () => {
    expect(text(stuck())).to.deep.equal([
      "sequence number 12 waits for one more prepare: replicas 0 and 1 have voted, 2",
      "  and 3 are down (§4.2)",
      "it holds 1 request: 3:17",
      "",
      "replicas",
      "   0  primary  pre-prepared  2 of 3 prepares (0 1), lacks 2 3",
      "   1  backup   pre-prepared  2 of 3 prepares (0 1), lacks 2 3",
      "   2  down     says nothing",
      "   3  down     says nothing",
      "",
      "why",
      "  2 of 4 replicas take part and a quorum of 3 is needed: replicas 2 and 3 are",
      "    down (§3)",
      "",
      "refused",
      "  replica 1 refused the prepare of replica 0 (3 times): the primary sends no",
      "    prepare: its pre-prepare stands for it (prepare-from-primary, §4.2)",
      "",
      "next",
      "  in 940 ms: the view-change timer of replica 1 fires; if what is waited for",
      "    is not executed by then, it asks for view 1, of primary 1 (§4.5.2)",
      "  view 1 begins only when 3 replicas that reach one another have asked for it",
      "    (§4.4)",
      "  it would help: bft restart 2",
      "",
      "message by message: bft trace --seq 12",
    ]);
  });

  for (const width of [40, 80, 120])
    it(`no row is wider than ${width} columns`, () => {
      const wide = explainLines(stuck(), "pbft", width).filter((line) => lineWidth(line) > width);
      expect(wide.map(lineText)).to.deep.equal([]);
    });

  it("says nothing of what settles nothing any more", () => {
    const everybody = at(12, [{ ...open({}), executed: true, committed: true }]);
    const rows = text(explained(SEQ, { replicas: [everybody, everybody, everybody, everybody] }));
    expect(rows[0]).to.equal("sequence number 12 was executed by all 4 replicas in view 0 (§4.2)");
    expect(rows).not.to.include.members(["why"]);
    expect(rows).not.to.include.members(["next"]);
  });

  it("digests and views are shown where replicas differ in them", () => {
    const replicas = [
      at(11, [open({ prepares: [0] })]),
      at(11, [open({ digest: "cd".repeat(32), prepares: [1] })], { machine: { view: 0 } }),
      at(11, [], { machine: { view: 1 } }),
      at(11),
    ];
    const rows = text(explained(SEQ, { replicas }), 200);
    expect(rows.find((row) => row.startsWith("   1")))
      .to.contain("digest cdcdcdcd")
      .and.contain("view 0");
    expect(rows.find((row) => row.startsWith("   2"))).to.contain("view 1");
  });

  it("what a trace quotes does not move the cursor", () => {
    const explanation = explained(REQUEST, {
      replicas: [at(12), at(12), at(12), at(12)],
      trace: { seq: 12, serviceRefused: "\u001b[2J", gap: "line\u0007" },
    });
    for (const row of [...text(explanation), ...shortLines(explanation)]) expect(row).to.equal(printable(row));
    expect(text(explanation, 200)[0]).to.contain("\\u001b[2J");
  });

  it("in short: how it stands, why, and what would help, in three lines at most", () => {
    expect(shortLines(stuck())).to.deep.equal([
      "sequence number 12 waits for one more prepare: replicas 0 and 1 have voted, 2 and 3 are down (§4.2)",
      "why: 2 of 4 replicas take part and a quorum of 3 is needed: replicas 2 and 3 are down (§3)",
      "it would help: bft restart 2",
    ]);
  });

  it("in short, when it only helps to wait: what happens next", () => {
    const waits = { machine: { waiting: [{ client: 3, timestamp: 17 }], queued: 1 } };
    const explanation = explained(REQUEST, {
      replicas: [{}, waits, waits, { ...waits, timers: [{ timer: "view-change", dueInMs: 940 }] }],
    });
    expect(shortLines(explanation).at(-1)).to.match(
      /^next: in 940 ms: the view-change timer of replica 3 fires; .* \(§4\.5\.2\)$/,
    );
  });

  it("the JSON has what the rows leave out", () => {
    const { dir, protocol, refusals, replicas } = explainJson(".bft", "pbft", stuck());
    expect({ dir, protocol }).to.deep.equal({ dir: ".bft", protocol: "pbft" });
    expect(refusals.map(({ reason, kind }) => `${reason} ${kind}`)).to.deep.equal([
      "prepare-from-primary fault",
      "duplicate repeat",
    ]);
    expect(replicas[0]).to.deep.include({ replica: 0, phase: "pre-prepared", digest: "ab".repeat(32), view: 0 });
  });

  it("exit code 0 also for what is stuck, 1 for what nobody knows", () => {
    expect(explainExitCode(stuck())).to.equal(0);
    expect(explainExitCode(explained(REQUEST, { replicas: [{}, {}, {}, {}] }))).to.equal(1);
  });
});
