import { type Entry, type Outcome, parseScenario, type Scenario } from "@bft/sim/scenario";
import { expect } from "chai";
import { lineText } from "../../src/view/line.js";
import {
  entryLines,
  introLines,
  outcomeLines,
  scenarioExitCode,
  scenarioListJson,
  scenarioListLines,
} from "../../src/view/scenario.js";

const ENTRY: Entry = { at: 1234, step: 3, kind: "kill", say: null, did: "replica 0 is killed", verdict: "done", why: null };

const OUTCOME: Outcome = {
  scenario: "mine",
  protocol: "pbft",
  system: { replicas: 4, faults: 1, quorum: 3, weakQuorum: 2 },
  withoutLies: false,
  verdict: "held",
  entries: [],
  requests: [],
  liars: [],
  violations: [],
  why: null,
  agreement: "held",
  divergence: null,
  linearizable: true,
  cost: { messages: 120, operations: 1, lies: 0 },
  elapsedMs: 2000,
};

function scenario(): Scenario {
  const result = parseScenario(
    "name: mine\nabout: |\n  A first sentence: it is short. And a second one.\n\n  Another paragraph.\nquestion: Why?\nprotocols: [pbft]\nsteps: [heal]",
  );
  if (!result.ok) throw new Error("no scenario");
  return result.scenario;
}

const texts = (lines: Parameters<typeof lineText>[0][]) => lines.map(lineText);

describe("the account of a scenario", () => {
  it("begins with what it shows and the question to think about", () => {
    expect(texts([...introLines(scenario(), 60)])).to.deep.equal([
      "mine",
      "  A first sentence: it is short. And a second one.",
      "  Another paragraph.",
      "",
      "  Think first: Why?",
    ]);
  });

  it("each step: its number and time, why, what happened", () => {
    expect(texts([...entryLines({ ...ENTRY, say: "It crashes, as all things do in the end." }, 44)])).to.deep.equal([
      "  3   1.23 s  It crashes, as all things do",
      "              in the end.",
      "              replica 0 is killed",
    ]);
  });

  it("what was expected is marked, and a failure says what came instead", () => {
    expect(texts([...entryLines({ ...ENTRY, verdict: "held", why: "a checker's words" }, 80)])).to.deep.equal([
      "  3   1.23 s  as expected  replica 0 is killed",
    ]);
    expect(texts([...entryLines({ ...ENTRY, verdict: "failed", why: "expected no\nanswer" }, 80)])).to.deep.equal([
      "  3   1.23 s  NOT AS EXPECTED  replica 0 is killed",
      "              expected no\\nanswer",
    ]);
    expect(texts([...entryLines({ ...ENTRY, verdict: "skipped" }, 80)])).to.deep.equal([
      "  3   1.23 s  left out  replica 0 is killed",
    ]);
  });

  it("the end is told only when something broke that nobody expected", () => {
    const end: Entry = { ...ENTRY, kind: "end", step: null, did: "PBFT broke agreement", verdict: "held" };
    expect(entryLines(end, 80)).to.deep.equal([]);
    expect(texts([...entryLines({ ...end, verdict: "failed", why: "why" }, 80)])[0]).to.match(
      /NOT AS EXPECTED {2}PBFT broke agreement$/,
    );
  });

  it("ends with what held", () => {
    expect(texts([...outcomeLines(OUTCOME, 100)])).to.deep.equal([
      "  PBFT held, as the scenario expects",
      "    agreement  held: no two correct replicas executed different operations at one number",
      "    clients    what they were told fits one order of all operations",
      "    cost       120 messages for 1 answered operation",
    ]);
  });

  it("or with the two replicas that differ, and the checker's reason", () => {
    const broken: Outcome = {
      ...OUTCOME,
      verdict: "failed",
      liars: [0],
      agreement: "broken",
      linearizable: false,
      violations: [
        { checker: "agreement", at: 1, what: "The quorums {0,1} and {0,2} meet only in the liar 0.", replicas: [1, 2], seq: 2 },
      ],
      why: "The quorums {0,1} and {0,2} meet only in the liar 0.",
      divergence: {
        seq: 2,
        sides: [
          { replica: 1, view: 0, operations: ["set x 1", "set x 2"] },
          { replica: 2, view: 0, operations: [] },
        ],
      },
      cost: { messages: 1, operations: 2, lies: 1 },
    };
    expect(texts([...outcomeLines(broken, 120)])).to.deep.equal([
      "  PBFT did NOT do what the scenario expects",
      `    agreement  broken: at number 2, replica 1 executed "set x 1", "set x 2" and replica 2 executed nothing`,
      "    why        The quorums {0,1} and {0,2} meet only in the liar 0.",
      "    clients    no order of the operations explains what they were told",
      "    liars      replica 0, 1 lie told",
      "    cost       1 message for 2 answered operations",
    ]);
    expect(texts([...outcomeLines({ ...broken, verdict: "held" }, 120)])[0]).to.equal("  PBFT broke, as the scenario expects");
    const unknown: Outcome = { ...OUTCOME, verdict: "not-run", agreement: "broken", linearizable: null };
    expect(texts([...outcomeLines(unknown, 120)]).slice(0, 3)).to.deep.equal([
      "  PBFT could not be played to the end",
      "    agreement  broken",
      "    clients    whether one order explains what they were told was not found out",
    ]);
  });

  it("the exit code is that of the worst outcome", () => {
    const codes = (["held", "failed", "not-run"] as const).map((verdict) => scenarioExitCode([OUTCOME, { ...OUTCOME, verdict }]));
    expect(codes).to.deep.equal([0, 1, 2]);
  });

  it("the list has a name, the first sentence and the protocols of each", () => {
    expect(texts([...scenarioListLines([scenario()], 80)])).to.deep.equal(["mine  A first sentence: it is short.", "      PBFT"]);
    expect(scenarioListJson([scenario()]).scenarios[0]).to.deep.include({ name: "mine", protocols: ["pbft"], faults: 1 });
  });
});
