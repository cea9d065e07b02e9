import { type Problem, parseScenario, type Scenario, type Step } from "@bft/sim/scenario";
import { expect } from "chai";

const HEAD = "name: mine\nabout: What it shows.\n";

function parsed(source: string): Scenario {
  const result = parseScenario(source);
  if (!result.ok) throw new Error(result.problems.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  return result.scenario;
}

function problems(source: string): readonly Problem[] {
  const result = parseScenario(source);
  expect(result.ok, source).to.equal(false);
  return result.ok ? [] : result.problems;
}

/** The steps of one protocol of a file that has these lines under `steps:`. */
function steps(lines: string, protocol = "pbft"): readonly Step[] {
  const play = parsed(`${HEAD}steps:\n${lines}`).plays.find((each) => each.protocol === protocol);
  return play?.steps ?? [];
}

function without({ number: _, line: __, say: ___, ...action }: Step) {
  return action;
}

describe("the language of scenarios", () => {
  it("a whole scenario takes ten lines", () => {
    const scenario = parsed(`name: my-first
about: A cluster survives the crash of its primary.
question: Who answers?
protocols: [pbft, raft]
steps:
  - submit: set x 1
  - kill: primary
  - submit: get x
    gives: 1
  - expect: { agreement: held }
`);
    expect(scenario).to.deep.include({ name: "my-first", faults: 1, service: "kv", question: "Who answers?" });
    expect(scenario.plays.map(({ protocol, steps: all }) => [protocol, all.length])).to.deep.equal([
      ["pbft", 4],
      ["raft", 4],
    ]);
    expect(scenario.plays[0]?.steps.map(({ number, line, kind }) => [number, line, kind])).to.deep.equal([
      [1, 6, "submit"],
      [2, 7, "kill"],
      [3, 8, "submit"],
      [4, 10, "expect"],
    ]);
  });

  const first = { kind: "set", count: null, from: "first" } as const;
  const cases: readonly (readonly [title: string, lines: string, action: object])[] = [
    [
      "a request with its defaults",
      "- submit: set x 1",
      { kind: "submit", operations: ["set x 1"], as: null, answer: "now", gives: { kind: "any" }, withinMs: 15_000 },
    ],
    [
      "a request of two operations that nobody may answer",
      "- submit: [set x 1, get x]\n  as: both\n  answer: none",
      { kind: "submit", operations: ["set x 1", "get x"], as: "both", answer: "none", gives: { kind: "any" }, withinMs: 3_000 },
    ],
    ["a result, as it is written", "- submit: get x\n  gives: 007", { gives: { kind: "value", value: "007" } }],
    ["no result at all", "- submit: get x\n  gives: null", { gives: { kind: "value", value: null } }],
    ["any other result", "- submit: get x\n  gives: { not: 1 }", { gives: { kind: "not", value: "1" } }],
    ["one replica", "- kill: 2", { kind: "kill", replicas: { kind: "ids", ids: [2] } }],
    ["the primary, which Raft calls leader", "- kill: leader", { replicas: { ...first, set: "primary" } }],
    ["as many backups as may fail", "- kill: f backups", { replicas: { ...first, set: "backups", count: 1 } }],
    ["one more than may fail", "- lie: { replicas: f+1 up, behaviour: silent }", { replicas: { ...first, set: "up", count: 2 } }],
    ["the last backup", "- restart: last backup", { replicas: { kind: "set", set: "backups", count: 1, from: "last" } }],
    ["a backup is one backup", "- kill: backup", { replicas: { ...first, set: "backups", count: 1 } }],
    [
      "several replicas",
      "- kill: [primary, 2]",
      {
        replicas: {
          kind: "several",
          of: [
            { ...first, set: "primary" },
            { kind: "ids", ids: [2] },
          ],
        },
      },
    ],
    ["the end of lies", "- honest: liars", { kind: "honest", replicas: { ...first, set: "liars" } }],
    ["heal alone", "- heal", { kind: "heal" }],
    ["heal as a field", "- heal:", { kind: "heal" }],
    ["a wait", "- wait: 1.5s", { kind: "wait", ms: 1500 }],
    [
      "a condition",
      "- wait until: { executed: 3, on: all }\n  within: 1m",
      { kind: "wait-until", withinMs: 60_000, claims: [{ kind: "executed", upTo: 3, on: { ...first, set: "all" } }] },
    ],
    [
      "expectations of the checkers and of this moment",
      "- expect: { agreement: broken, evidence: liars, primary: known }",
      {
        claims: [
          { kind: "property", property: "agreement", is: "broken" },
          { kind: "evidence", against: { ...first, set: "liars" } },
          { kind: "primary", is: "known", on: { ...first, set: "up" } },
        ],
      },
    ],
    [
      "a phase",
      "- expect: { phase: prepared }",
      { claims: [{ kind: "phase", phase: "prepared", on: { ...first, set: "correct" } }] },
    ],
  ];
  for (const [title, lines, action] of cases)
    it(title, () => {
      const [step] = steps(lines);
      if (step === undefined) throw new Error("there is no step");
      expect(without(step)).to.deep.include(action);
    });

  it("names of requests and replicas are known to later steps", () => {
    const [, , kill, expectation] = steps(
      "- submit: set x 1\n  as: chosen\n- cast: { old: primary, late: last backup }\n- kill: old\n- expect: { executed: chosen, on: late }",
    );
    expect(kill).to.deep.include({ kind: "kill", replicas: { kind: "role", role: "old" } });
    expect(expectation).to.deep.include({
      claims: [{ kind: "executed", upTo: "chosen", on: { kind: "role", role: "late" } }],
    });
  });

  it("what is said by protocol is resolved for each, with others for the rest", () => {
    const lines = `- lie: { replica: 0, behaviour: { pbft: hide-certificates, others: forget-accepted } }
- partition: { pbft: [[0, 1], [2, 3]], others: [[0], [1, 2]] }
- wait: 1s
  only: [raft]`;
    const [pbft, raft] = [steps(lines), steps(lines, "raft")];
    expect([pbft, raft].map(([lie]) => lie)).to.have.deep.nested.property("[0].behaviour", "hide-certificates");
    expect(raft[0]).to.include({ behaviour: "forget-accepted" });
    expect([pbft[1], raft[1]].map((step) => step?.kind === "partition" && step.groups.length)).to.deep.equal([2, 2]);
    expect([pbft, raft].map((all) => all.map(({ number }) => number))).to.deep.equal([
      [1, 2],
      [1, 2, 3],
    ]);
  });

  it("why a step is taken stands in say", () => {
    expect(steps("- kill: 0\n  say: It crashes.")[0]).to.include({ say: "It crashes." });
  });
});

describe("a file that is no scenario", () => {
  const wrong: readonly (readonly [title: string, source: string, at: readonly [number, number], message: RegExp])[] = [
    ["an empty file", "", [1, 1], /^the file is empty; a scenario has name, about and steps$/],
    ["no YAML", "name: [a", [1, 9], /flow/i],
    ["a list", "- a", [1, 1], /^expected the fields of a scenario: name, about, steps, got a list$/],
    ["a missing name", "about: x\nsteps: [heal]", [1, 1], /^the scenario has no name; add name:/],
    ["a name with signs", "name: a/b\nabout: x\nsteps: [heal]", [1, 7], /^the scenario's name is made of letters.*not "a\/b"$/],
    ["no steps", HEAD, [1, 1], /^the scenario has no steps/],
    ["steps that are none", `${HEAD}steps: 3`, [3, 8], /^expected a list of steps, each beginning with a dash, got "3"$/],
    [
      "an unknown field",
      `${HEAD}step: []\nsteps: [heal]`,
      [3, 1],
      /^"step" is not a field of a scenario; there are: name, about/,
    ],
    ["a field twice", `${HEAD}name: b\nsteps: [heal]`, [3, 1], /unique/],
    ["an unknown protocol", `${HEAD}protocols: [paxos]\nsteps: [heal]`, [3, 13], /^"paxos" is not a protocol; there are: pbft,/],
    ["too many faults", `${HEAD}f: 9\nsteps: [heal]`, [3, 4], /^expected f, a whole number from 0 to 5, got "9"$/],
    ["an unknown service", `${HEAD}service: sql\nsteps: [heal]`, [3, 10], /^"sql" is not a service; there are: kv,/],
    ["an unknown step", `${HEAD}steps:\n  - kil: 2`, [4, 5], /^"kil" is not a step; there are: submit,/],
    ["two steps in one", `${HEAD}steps:\n  - kill: 2\n    heal: all`, [4, 5], /^one step does one thing, this has kill and heal/],
    ["what a step does not have", `${HEAD}steps:\n  - kill: 2\n    as: x`, [5, 5], /^"as" is not a part of a kill step/],
    [
      "a replica that is none",
      `${HEAD}protocols: [pbft]\nsteps:\n  - kill: 4`,
      [5, 11],
      /^replica 4 does not exist; there are replicas 0 to 3$/,
    ],
    [
      "a replica that Raft does not have",
      `${HEAD}steps:\n  - kill: 3`,
      [4, 11],
      /^replica 3 does not exist; there are replicas 0 to 2$/,
    ],
    ["a word for no replica", `${HEAD}steps:\n  - kill: boss`, [4, 11], /^"boss" names no replica; write an id from 0 to/],
    ["a name before it is given", `${HEAD}steps:\n  - kill: old\n  - cast: { old: 0 }`, [4, 11], /^"old" names no replica/],
    [
      "an unknown behaviour",
      `${HEAD}steps:\n  - lie: { replica: 0, behaviour: nice }`,
      [4, 35],
      /^"nice" is not a behaviour of this protocol/,
    ],
    ["a lie without a liar", `${HEAD}steps:\n  - lie: { behaviour: silent }`, [4, 10], /^lie says who and how/],
    [
      "nothing for a protocol",
      `${HEAD}steps:\n  - kill: { pbft: 3 }`,
      [4, 11],
      /^this says something for "pbft" and nothing for multipaxos/,
    ],
    [
      "a protocol that is none",
      `${HEAD}steps:\n  - kill: { pbft: 3, others: 2, paxos: 1 }`,
      [4, 33],
      /^"paxos" is not a protocol/,
    ],
    [
      "a time without a unit",
      `${HEAD}steps:\n  - wait: 10`,
      [4, 11],
      /^expected a time span such as 500ms or 10s, at most 1m, got "10"$/,
    ],
    ["too long a time", `${HEAD}steps:\n  - wait: 2m`, [4, 11], /at most 1m/],
    ["an unknown expectation", `${HEAD}steps:\n  - expect: { agreed: held }`, [4, 15], /^"agreed" is not something to expect/],
    ["a verdict that is none", `${HEAD}steps:\n  - expect: { agreement: yes }`, [4, 26], /^"yes" is not held or broken/],
    ["an expectation of nothing", `${HEAD}steps:\n  - expect: {}`, [4, 13], /^there is nothing in it$/],
    ["a place and nothing to look for", `${HEAD}steps:\n  - expect: { safety: held, on: 0 }`, [4, 29], /^on says where to look/],
    [
      "waiting for the checkers",
      `${HEAD}steps:\n  - wait until: { agreement: held }`,
      [4, 19],
      /^"agreement" is not something to wait for/,
    ],
    [
      "a request that nobody made",
      `${HEAD}steps:\n  - expect: { answered: one }`,
      [4, 25],
      /^no earlier step submits a request as "one"; no request has a name$/,
    ],
    [
      "a name twice",
      `${HEAD}steps:\n  - submit: a\n    as: x\n  - submit: b\n    as: x`,
      [7, 9],
      /already; give it another name$/,
    ],
    ["a result of no answer", `${HEAD}steps:\n  - submit: a\n    answer: none\n    gives: 1`, [6, 5], /it is told nothing here$/],
    ["an anchor", `${HEAD}steps: &a [heal]`, [3, 11], /^anchors and aliases/],
    ["a tag", `${HEAD}steps: !!js/function [heal]`, [3, 8], /tag/i],
    ["brackets without end", "[".repeat(5000), [1, 1], /^the file is nested too deeply/],
    ["dashes without end", "- ".repeat(10_000), [1, 1], /^the file is nested too deeply/],
    ["a huge file", `# ${"x".repeat(40_000)}`, [1, 1], /^the file is too large: 40002 characters/],
    ["too many steps", `${HEAD}steps: [${"heal, ".repeat(101)}]`, [3, 8], /at most 100, got 101$/],
  ];
  for (const [title, source, [line, column], message] of wrong)
    it(title, () => {
      const [first] = problems(source);
      expect(first?.message).to.match(message);
      expect([first?.line, first?.column]).to.deep.equal([line, column]);
    });

  it("all problems are told at once, each once for all protocols, in the order of the file", () => {
    const source = `${HEAD}steps:\n  - kil: 2\n  - wait: 10\n  - kill: boss\n`;
    expect(problems(source).map(({ line }) => line)).to.deep.equal([4, 5, 6]);
  });

  it("an unknown word comes with those that are known, so that a near one can be proposed", () => {
    const [{ unknown } = { unknown: null }] = problems(`${HEAD}steps:\n  - kil: 2`);
    expect(unknown?.word).to.equal("kil");
    expect(unknown?.known).to.include("kill");
  });

  it("whatever the text, it is a scenario or has problems", () => {
    const pieces = [
      "name: a",
      "steps:",
      "- kill: 2",
      "  - ",
      "{",
      "}",
      "[",
      "]",
      "&a",
      "*a",
      "!!x",
      ": ",
      "\n",
      "'",
      '"',
      "|",
      "\t",
      "%",
      "---",
      "?",
    ];
    let state = 7;
    const next = (bound: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * bound);
    };
    for (let round = 0; round < 2000; round++) {
      const source = Array.from({ length: next(30) }, () => pieces[next(pieces.length)]).join(next(2) === 0 ? "\n" : "");
      const result = parseScenario(source);
      expect(result.ok || result.problems.length > 0, source).to.equal(true);
    }
  });
});
