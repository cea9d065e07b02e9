import type { SubmitOutcome } from "@bft/replica";
import { expect } from "chai";
import { lineText, lineWidth } from "../../src/view/line.js";
import { outcomeLines, outcomeSentence } from "../../src/view/outcome.js";
import { statusJson, statusLines } from "../../src/view/status-report.js";
import { allUp, isDown, said, seen, status, unauthenticated } from "../support/fixtures.js";

const outcome: SubmitOutcome = {
  operations: ["get x"],
  results: [{ ok: true, value: "1" }],
  seq: 12,
  view: 0,
  client: 0,
  timestamp: 3,
  agreed: [0, 1, 3],
  disagreed: [],
  silent: [],
  latencyMs: 4.23,
};

describe("view/outcome", () => {
  it("prints result, sequence number, view, the request's name, who answered alike and the latency", () => {
    expect(outcomeLines(outcome, "pbft").map(lineText)).to.deep.equal([
      "result   1",
      "slot     sequence number 12, view 0",
      "request  0:3",
      "alike    replicas 0, 1 and 3",
      "latency  4.2 ms",
    ]);
  });

  it("says whom one believed where the leader alone answers, in the protocol's words", () => {
    expect(outcomeLines({ ...outcome, agreed: [1] }, "raft").map(lineText)).to.deep.equal([
      "result   1",
      "slot     index 12, term 0",
      "request  0:3",
      "from     replica 1, believed",
      "latency  4.2 ms",
    ]);
    expect(outcomeLines(outcome, "multipaxos").map(lineText)[1]).to.equal("slot     instance 12, ballot 0");
  });

  it("names who answered otherwise, and who did not answer", () => {
    const lines = outcomeLines(
      {
        ...outcome,
        disagreed: [{ replica: 2, results: [{ ok: true, value: "evil\u001b[2J" }] }],
        silent: [1],
      },
      "pbft",
    ).map(lineText);
    expect(lines).to.include("differs  replica 2 answered: evil\\u001b[2J");
    expect(lines).to.include("silent   replica 1 had not answered by then");
  });

  it("prints each operation of a request, and why one was refused", () => {
    const results = [
      { ok: true, value: null },
      { ok: false, value: 'unknown operation "frob"' },
    ];
    const lines = outcomeLines({ ...outcome, operations: ["get y", "frob"], results }, "pbft").map(lineText);
    expect(lines.slice(0, 2)).to.deep.equal(["result   (no value)   get y", 'result   refused: unknown operation "frob"   frob']);
  });

  it("fits into one sentence for the feed", () => {
    expect(outcomeSentence({ ...outcome, disagreed: [{ replica: 2, results: [] }] }, "pbft")).to.equal(
      "get x → 1  (slot 12, 3 alike, 1 replica answered otherwise, 4.2 ms)",
    );
    expect(outcomeSentence({ ...outcome, agreed: [2] }, "raft")).to.equal("get x → 1  (slot 12, from replica 2, 4.2 ms)");
  });
});

describe("view/status-report", () => {
  const model = seen([
    ...allUp(),
    isDown(3),
    said(status(1, 4, { behaviour: "silent", liesTold: 7, refused: { "frame-too-large": 1, "signature-invalid": 2 } })),
  ]);

  it("says whether the cluster serves, and if not, why", () => {
    expect(statusLines(seen(allUp()), 100).map(lineText).at(-1)).to.equal("serves: 4 of 4 up, quorum 3");
    expect(
      statusLines(seen([...allUp(), isDown(3)]), 100)
        .map(lineText)
        .at(-1),
    ).to.equal("serves: 3 of 4 up, quorum 3 (replica 3 down)");
    expect(statusLines(model, 100).map(lineText).at(-1)).to.equal(
      "does not serve: STALLED: 2 honest of 4, quorum 3; bring one back with: bft restart 3",
    );
  });

  it("counts refusals by reason", () => {
    expect(statusLines(model, 160).map(lineText)).to.include("replica 1 refused: signature-invalid 2, frame-too-large 1");
    expect(statusLines(model, 160).map(lineText).join("\n")).to.contain("silent (7 lies)");
  });

  it("begins with a warning when nothing is authenticated, and says who computes signatures when it is unusual", () => {
    const text = (model: typeof all, width: number) => statusLines(model, width).map(lineText);
    const all = seen(allUp());
    expect(text(unauthenticated(all), 200)[0]).to.equal(
      "NOT AUTHENTICATED: no signature is made or checked, so anybody can speak for anybody; for measuring only (bft up --auth none)",
    );
    expect(text(unauthenticated(all), 200).slice(1)).to.deep.equal(text(all, 200));
    for (const line of statusLines(unauthenticated(all), 60).slice(0, 3)) expect(lineWidth(line)).to.be.at.most(60);
    expect(text(all, 200).join()).to.not.match(/AUTHENTICATED|noble/);
    expect(statusJson(unauthenticated(all))).to.include({ auth: "none", crypto: "native" });
    expect(text({ ...all, facts: { ...all.facts, crypto: "noble" } }, 200)[0]).to.contain(", crypto noble");
  });

  it("fits the terminal", () => {
    for (const width of [40, 80, 120]) {
      const table = statusLines(seen(allUp()), width).slice(1, 6);
      for (const line of table) expect(lineWidth(line)).to.be.at.most(width);
    }
  });

  it("is the same for programs", () => {
    const json = statusJson(model);
    expect(json).to.include({ dir: ".bft", protocol: "pbft", faults: 1, quorum: 3, view: 0, primary: 0 });
    expect(json.replicas.map(({ state, role }) => [state, role])).to.deep.equal([
      ["primary", "primary"],
      ["lying", "backup"],
      ["backup", "backup"],
      ["down", null],
    ]);
    expect(json.replicas[0]?.status?.messagesIn).to.equal(100);
    expect(json.verdict.serves).to.equal(false);
  });
});
