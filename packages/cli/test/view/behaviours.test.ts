import { PROTOCOL_NAMES } from "@bft/core/protocols";
import { behavioursOf, CLIENT_BEHAVIOURS } from "@bft/sim/byzantine";
import { expect } from "chai";
import { inGroups } from "../../src/view/behaviour-groups.js";
import { behaviourLines, honestLines, lieLines, tooManyLiars } from "../../src/view/behaviours.js";
import { clientLiesLines } from "../../src/view/client-lies.js";
import { lineText, lineWidth } from "../../src/view/line.js";

const equivocate = {
  name: "equivocate",
  group: "primary" as const,
  summary: "sends one batch to some and another to others",
  holds: "no two differ",
};

describe("view/behaviour-groups", () => {
  it("puts each behaviour under the title of its group, as the groups first appear", () => {
    const groups = inGroups([
      { name: "a", group: "primary" },
      { name: "b", group: "replies" },
      { name: "c", group: "primary" },
    ]);
    expect(groups.map(({ title, behaviours }) => [title, ...behaviours.map(({ name }) => name)])).to.deep.equal([
      ["primary", "a", "c"],
      ["replies", "b"],
    ]);
  });
});

describe("view/behaviours", () => {
  it("explains each under the title of its group, on rows that fit", () => {
    const reply = { name: "wrong-reply", group: "replies" as const, summary: "lies to the client", holds: "it is not deceived" };
    const groups = [
      { title: "primary", behaviours: [equivocate] },
      { title: "replies", behaviours: [reply] },
    ];
    expect(behaviourLines(groups, 50, "pbft").map(lineText)).to.deep.equal([
      "primary",
      "  equivocate   sends one batch to some and another",
      "               to others",
      "               must hold: no two differ",
      "",
      "replies",
      "  wrong-reply  lies to the client",
      "               must hold: it is not deceived",
    ]);
  });

  for (const protocol of PROTOCOL_NAMES)
    it(`fits the whole catalogue of ${protocol} into 80 columns`, () => {
      const lines = behaviourLines(inGroups([...behavioursOf(protocol), ...CLIENT_BEHAVIOURS]), 80, protocol);
      for (const line of lines) expect(lineWidth(line), lineText(line)).to.be.at.most(80);
    });

  it("says what a lie breaks where lies are not tolerated, but for those of clients", () => {
    const client = { name: "replay", group: "clients" as const, summary: "asks again", holds: "it is answered again" };
    const lines = behaviourLines(inGroups([{ ...equivocate, holds: "agreement" }, client]), 80, "raft").map(lineText);
    expect(lines.filter((line) => line.includes(":"))).to.deep.equal([
      "              breaks: agreement",
      "              must hold: it is answered again",
    ]);
    expect(lieLines([0], equivocate, "", "raft").map(lineText)[2]).to.equal("  breaks     no two differ");
  });

  it("says who lies now and how to undo it", () => {
    expect(lieLines([2], equivocate, "bft byzantine 2 --off", "pbft").map(lineText)).to.deep.equal([
      "replica 2 lies from now on: equivocate",
      "  it         sends one batch to some and another to others",
      "  must hold  no two differ",
      "  undo       bft byzantine 2 --off",
    ]);
    expect(lieLines([0, 1], equivocate, "", "pbft").map(lineText)[0]).to.equal(
      "replicas 0 and 1 lie by a shared plan from now on: equivocate",
    );
    expect(honestLines([2]).map(lineText)).to.deep.equal(["replica 2 is honest again"]);
    expect(honestLines([0, 1]).map(lineText)).to.deep.equal(["replicas 0 and 1 are honest again"]);
  });

  it("warns of more liars than f, and not of f", () => {
    expect(tooManyLiars([], 1, "pbft")).to.equal(null);
    expect(tooManyLiars([3], 1, "pbft")).to.equal(null);
    expect(tooManyLiars([0, 1], 2, "pbft")).to.equal(null);
    expect(tooManyLiars([0, 1, 3], 1, "pbft")).to.equal("3 replicas lie now (0, 1 and 3), more than f = 1: safety may break");
    expect(tooManyLiars([], 1, "raft")).to.equal(null);
    expect(tooManyLiars([2], 1, "raft")).to.equal(
      "Raft tolerates replicas that stop, not one that lies (now 2): safety may break",
    );
  });
});

describe("view/client-lies", () => {
  const lies = {
    client: 31,
    behaviour: "same-timestamp",
    liesTold: 20,
    messages: 80,
    requests: 40,
    timestamps: 20,
    replies: 78,
    needed: 2,
    answered: 20,
    refusedByService: 0,
    contradicted: 0,
    reasons: { "request-known": 12, "request-already-executed": 8 },
  };
  const info = {
    name: "same-timestamp",
    group: "clients" as const,
    summary: "signs two requests under one timestamp",
    holds: "one is executed",
  };

  it("tells what was sent and how the replicas answered", () => {
    expect(clientLiesLines(lies, info).map(lineText)).to.deep.equal([
      "client 31 told 20 lies: same-timestamp",
      "  it         signs two requests under one timestamp",
      "  must hold  one is executed",
      "  sent       40 requests under 20 timestamps, in 80 messages",
      "  answered   20 of 20 timestamps by 2 equal replies (78 replies)",
      "  refused    request-known 12, request-already-executed 8",
    ]);
  });

  it("tells refusals by the service, and a contradiction", () => {
    const lines = clientLiesLines({ ...lies, refusedByService: 3, contradicted: 1, reasons: {} }, info).map(lineText);
    expect(lines).to.include(
      "  answered   20 of 20 timestamps by 2 equal replies, of them 3 with a refusal by the service (78 replies)",
    );
    expect(lines).to.include("  refused    nothing");
    expect(clientLiesLines({ ...lies, needed: 1 }, info).map(lineText)[4]).to.equal(
      "  answered   20 of 20 timestamps by a reply (78 replies)",
    );
    expect(lines).to.include("  broken     1 timestamp with two answers, each by 2 equal replies");
  });
});
