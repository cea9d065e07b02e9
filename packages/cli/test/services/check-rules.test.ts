import { PROTOCOL_NAMES } from "@bft/core/protocols";
import { expect } from "chai";
import { ruleLines, TraceTally } from "../../src/services/check-rules.js";

const finding = { what: "replicas 0 and 1 differ", replicas: [0, 1], seq: 4, count: 3 };

describe("services/check-rules", () => {
  it("tells the rules of the protocol at hand, and no other's", () => {
    const namesOf = (protocol: (typeof PROTOCOL_NAMES)[number]) =>
      ruleLines(new TraceTally(), new Map(), protocol).map(({ name }) => name);
    expect(namesOf("pbft")).to.include.members(["agreement", "certificates", "new-view", "broke"]);
    expect(namesOf("pbft")).not.to.include("one-leader");
    for (const protocol of PROTOCOL_NAMES.filter((name) => name !== "pbft"))
      expect(namesOf(protocol))
        .to.include.members(["agreement", "one-leader", "promises", "one-value", "broke"])
        .and.not.include.members(["certificates", "new-view", "carry-over"]);
  });

  it("says of a rule what was found, and tells what a checker found that is not known here", () => {
    for (const protocol of PROTOCOL_NAMES) {
      const lines = ruleLines(
        new TraceTally(),
        new Map(Object.entries({ agreement: finding, "of-tomorrow": finding })),
        protocol,
      );
      const violated = lines.filter(({ verdict }) => verdict === "violated");
      expect(violated.map(({ name }) => name)).to.deep.equal(["agreement", "of-tomorrow"]);
      expect(violated[0]).to.deep.include({ replicas: [0, 1], seq: 4 });
    }
  });

  it("counts what Multi-Paxos and Raft say to one another", () => {
    const tally = new TraceTally();
    const accepted = { kind: "accepted", view: 1, seq: 1, digest: "ab" } as const;
    tally.observe({ at: 0, kind: "sent", id: "ab12", replica: 1, to: [0], statement: accepted });
    tally.observe({ at: 1, kind: "view-entered", replica: 0, view: 1, primary: 0 });
    const looked = new Map(ruleLines(tally, new Map(), "raft").map((line) => [line.name, line.looked]));
    expect(looked.get("promises")).to.equal("0 promises, 1 acknowledgement");
    expect(looked.get("one-leader")).to.equal("1 leadership");
  });
});
