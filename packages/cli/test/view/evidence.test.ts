import type { KeptProof } from "@bft/replica";
import { expect } from "chai";
import { evidenceLines, verdictLines } from "../../src/view/evidence.js";
import { lineText } from "../../src/view/line.js";

function proof(accused: number, rule: string, seq: number, foundAtMs: number): KeptProof {
  return { file: `/c/evidence/${rule}-${seq}.json`, accused, rule, view: 0, seq, first: "commit", second: "commit", foundAtMs };
}

const text = (...parts: Parameters<typeof evidenceLines>) =>
  evidenceLines(...parts)
    .map(lineText)
    .join("\n");

describe("view/evidence", () => {
  it("nobody is convicted: what was looked at", () => {
    const lines = text({ proofs: [], messages: 1234, witnesses: [0, 1, 2, 3] }, "pbft", 100);
    expect(lines).to.match(/^nobody is convicted: 1234 signed messages that replicas 0 to 3 took/);
    expect(text({ proofs: [], messages: 0, witnesses: [] }, "pbft", 100)).to.include("0 signed messages that nobody took");
  });

  it("who is convicted, of what, once for each rule, the first found of it", () => {
    const proofs = [
      proof(3, "two-commits", 9, 300),
      proof(0, "two-commits", 6, 200),
      proof(0, "two-commits", 5, 100),
      proof(0, "two-pre-prepares", 5, 50),
    ];
    const lines = text({ proofs, messages: 10, witnesses: [1] }, "pbft", 120);
    expect(lines).to.include("convicted: replicas 0 and 3, by 4 proofs");
    expect(lines).to.include("replica 0  it proposed two batches for one sequence number of one view (§4.2)");
    expect(lines).to.include("sequence number 5, view 0: commit and commit").and.not.include("sequence number 6");
    expect(lines).to.include("and 1 proof more of this kind beside it");
    expect(lines.indexOf("two-pre-prepares-5")).to.be.below(lines.indexOf("two-commits-5"));
  });

  it("the words of the protocol", () => {
    const proofs = [{ ...proof(1, "two-proposals", 4, 1), first: "append-entries", second: "append-entries" }];
    expect(text({ proofs, messages: 1, witnesses: [0] }, "raft", 120)).to.include(
      "index 4, term 0: append-entries and append-entries",
    );
  });

  it("a verdict on a file, and each reason why it proves nothing", () => {
    const convicted = {
      ok: true,
      accused: 2,
      rule: "two-checkpoints",
      view: null,
      seq: 8,
      first: "checkpoint",
      second: "checkpoint",
    } as const;
    expect(verdictLines(convicted, "pbft").map(lineText)[0]).to.equal(
      "replica 2 is convicted: it attested two states after one sequence number (§4.3)",
    );
    expect(verdictLines({ ok: false, reason: "signature-invalid" }, "pbft").map(lineText)).to.deep.equal([
      "proves nothing: a signature is not the accused one's: what it stands under was forged or changed",
    ]);
  });
});
