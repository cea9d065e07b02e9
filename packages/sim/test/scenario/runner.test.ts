import { type Entry, type Outcome, parseScenario, type RunOptions, runScenario, type Scenario } from "@bft/sim/scenario";
import { expect } from "chai";
import { TinyStage } from "./support/tiny-stage.js";

function scenarioOf(steps: string): Scenario {
  const result = parseScenario(`name: mine\nabout: A test.\nprotocols: [pbft]\nsteps:\n${steps}`);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.scenario;
}

async function play(
  steps: string,
  options: RunOptions = { withoutLies: false },
): Promise<{ stage: TinyStage; outcome: Outcome }> {
  const stage = new TinyStage();
  const told: Entry[] = [];
  const outcome = await runScenario(scenarioOf(steps), stage, options, (entry) => told.push(entry));
  expect(told, "each entry is told as it comes").to.deep.equal(outcome.entries);
  return { stage, outcome };
}

/** Of the steps of the file alone. */
function rows({ entries }: Outcome): readonly (readonly [string, string])[] {
  return entries.flatMap(({ step, verdict, did }) => (step === null ? [] : [[verdict, did] as const]));
}

describe("playing a scenario", () => {
  it("carries out its steps in order and tells each, with what the client was told", async () => {
    const { stage, outcome } = await play(`- submit: set x 1
  as: one
- kill: f backups
- submit: [set y 2, get x]
- restart: down
- partition: [[primary]]
- heal
- wait: 1s
- submit: get x
  gives: 1`);
    expect(stage.calls).to.deep.equal([
      "submit set x 1",
      "kill 1",
      "submit set y 2; get x",
      "restart 1",
      "partition 0 1,2,3",
      "heal",
      "submit get x",
    ]);
    expect(rows(outcome)).to.deep.equal([
      ["done", 'the client asks for "set x 1" (one) and is told "ok" (number 1, 25 ms)'],
      ["done", "replica 1 is killed"],
      ["done", 'the client asks for "set y 2" and "get x" and is told "ok" and "1" (number 2, 25 ms)'],
      ["done", "replica 1 is restarted"],
      ["done", "the network is cut: {0} | {1, 2, 3}"],
      ["done", "all links are whole again"],
      ["done", "1 s passed"],
      ["held", 'the client asks for "get x" and is told "1" (number 3, 25 ms)'],
    ]);
    expect(outcome).to.deep.include({ verdict: "held", agreement: "held", divergence: null, linearizable: true, liars: [] });
    expect(outcome.requests.map(({ name, answer }) => [name, answer?.seq])).to.deep.equal([
      ["one", 1],
      [null, 2],
      [null, 3],
    ]);
    expect(outcome.cost).to.deep.equal({ messages: 30, operations: 3, lies: 0 });
    expect(outcome.entries[0]).to.deep.include({ kind: "start", did: "4 replicas are up; replica 0 is the primary of view 0" });
    expect(outcome.entries.at(-1)).to.deep.include({ kind: "end", verdict: "held" });
    expect(stage.isClosed, "the stage belongs to who set it up").to.equal(false);
  });

  it("replicas have names, and a number of backups means others than those that are down or cast", async () => {
    const { stage, outcome } = await play(`- cast: { old: primary, one: backup, two: another backup, late: last backup }
- kill: one
- kill: backup
- restart: [one, two]
- kill: [old, late]`);
    expect(rows(outcome)[0]).to.deep.equal([
      "done",
      "old is replica 0, one is replica 1, two is replica 2 and late is replica 3",
    ]);
    expect(stage.calls).to.deep.equal(["kill 1", "kill 2", "restart 1,2", "kill 0,3"]);
  });

  it("a request that must not be answered waits its time out, and one that waits is answered later", async () => {
    const { outcome } = await play(`- kill: [0, 1]
- submit: set x 1
  as: stuck
  answer: none
  within: 2s
- expect: { unanswered: stuck }
- restart: last down
- wait until: { answered: stuck, primary: changed }
- expect: { answered: stuck, executed: stuck, primary: changed }
- expect: { not executed: 2, on: all, phase: executed }`);
    expect(outcome.verdict, JSON.stringify(rows(outcome), null, 1)).to.equal("held");
    expect(rows(outcome)[1]?.[1]).to.match(/no answer within 2 s$/);
    expect(rows(outcome)[4]?.[1]).to.match(/^after 25 ms: stuck answered; replica 1 is the primary of view 1/);
  });

  const failing: readonly (readonly [title: string, steps: string, step: number, why: RegExp])[] = [
    ["no answer", "- kill: [0, 1]\n- submit: set x 1\n  within: 1s", 2, /^expected an answer within 1 s, and none came$/],
    ["an answer that must not be", "- submit: set x 1\n  answer: none", 1, /^expected no answer within 3 s$/],
    ["another result", "- submit: get x\n  gives: 1", 1, /^expected that the client is told "1", and it was told no value$/],
    [
      "a refusal",
      "- submit: fail\n  gives: null",
      1,
      /^expected that the client is told no value, and it was told refused \(not allowed\)$/,
    ],
    [
      "the result that must not be",
      "- submit: get x\n  gives: { not: null }",
      1,
      /^expected that the client is told anything but no value/,
    ],
    ["a condition that does not come", "- wait until: { executed: 1 }\n  within: 1s", 1, /^waited for, and it did not come$/],
    ["an expectation of the moment", "- expect: { executed: 1, on: 2 }", 1, /^replica 2 executed up to 0 \(it is number 1\)$/],
    ["a request without a slot", "- expect: { phase: prepared, on: 0 }", 1, /^nobody has a slot for the request yet$/],
    ["a primary that did not change", "- expect: { primary: changed }", 1, /^replica 0 is the primary of view 0$/],
    ["nobody to look at", "- kill: 3\n- expect: { executed: 0, on: 3 }", 2, /^none of them is up$/],
    ["agreement that did not break", "- expect: { agreement: broken }", 1, /^expected agreement broken; agreement held$/],
    [
      "evidence that nobody has",
      "- lie: { replica: 3, behaviour: silent }\n- expect: { evidence: liars }",
      2,
      /^expected evidence against replica 3; there is no evidence/,
    ],
  ];
  for (const [title, steps, number, why] of failing)
    it(`fails for ${title}, and says what was expected and what came`, async () => {
      const { outcome } = await play(steps);
      const failed = outcome.entries.filter(({ verdict }) => verdict === "failed");
      expect(failed.map(({ step }) => step)).to.deep.equal([number]);
      expect(failed[0]?.why).to.match(why);
      expect(outcome.verdict).to.equal("failed");
    });

  const LIE = "- submit: set x 1\n- lie: { replica: primary, behaviour: equivocate }\n- submit: set x 2\n";

  it("agreement that breaks is told with the replicas, the number, both operations and the checker's sentence", async () => {
    const { outcome } = await play(`${LIE}- expect: { agreement: broken }`);
    expect(outcome.entries.find(({ kind }) => kind === "expect")).to.deep.include({
      verdict: "held",
      did: 'agreement broken (number 2, replicas 1 and 3): replica 1 executed "set x 2", replica 3 executed "another"',
      why: "two digests at 2. The quorums meet only in the liar.",
    });
    expect(outcome).to.deep.include({ verdict: "held", agreement: "broken", liars: [0] });
    expect(outcome.divergence).to.deep.equal({
      seq: 2,
      sides: [
        { replica: 1, view: 0, operations: ["set x 2"] },
        { replica: 3, view: 0, operations: ["another"] },
      ],
    });
    expect(outcome.cost.lies).to.equal(1);
    expect(outcome.violations).to.have.length(1);
  });

  it("what no step expects to break must hold in the end", async () => {
    const { outcome } = await play(LIE);
    expect(outcome.verdict).to.equal("failed");
    expect(outcome.entries.at(-1)).to.deep.include({ kind: "end", verdict: "failed" });
    expect(outcome.entries.at(-1)?.why).to.match(/^no step expects anything to be broken\. two digests at 2\./);
  });

  it("without lies the same steps must hold: the lie is left out, and what would come of it is not expected", async () => {
    const steps = `${LIE}- wait until: { executed: 9 }
- expect: { agreement: broken, evidence: liars, executed: 9 }
- expect: { evidence: liars }
- submit: get x
  gives: another
- kill: liars
- submit: get x
  answer: none`;
    const { stage, outcome } = await play(steps, { withoutLies: true });
    expect(stage.calls.some((call) => call.startsWith("lie"))).to.equal(false);
    expect(outcome, JSON.stringify(rows(outcome), null, 1)).to.deep.include({
      verdict: "held",
      agreement: "held",
      withoutLies: true,
      liars: [],
      divergence: null,
    });
    expect(rows(outcome).map(([verdict]) => verdict)).to.deep.equal([
      "done",
      "skipped",
      "done",
      "skipped",
      "held",
      "skipped",
      "done",
      "done",
      "done",
    ]);
    expect(rows(outcome)[4]?.[1]).to.equal("agreement held");
    expect(stage.calls).to.include("kill 0");
  });

  const impossible: readonly (readonly [title: string, steps: string, why: RegExp])[] = [
    ["who is down already", "- kill: 1\n- kill: 1", /^replica 1 is down already$/],
    ["who is still up", "- restart: [1, 2]", /^replicas 1 and 2 are still up$/],
    ["nobody", "- restart: down", /^no replica is meant by this at this moment$/],
    ["more than there are", "- kill: [1, 2]\n- kill: 2 backups", /^2 of "backups" are meant, and there are 1 at this moment$/],
    ["one group", "- partition: [all]", /^all replicas are in one group, so there is nothing to cut$/],
    ["a replica in two groups", "- partition: [[0, 1], [1, 2]]", /^replica 1 is in two groups; a replica is in one only$/],
    ["a lie that the stage does not know", "- lie: { replica: 0, behaviour: seq-gap }", /^there is no behaviour seq-gap$/],
    [
      "a primary where there is none",
      "- kill: all\n- kill: primary",
      /^there is no primary that most replicas follow, after 15 s$/,
    ],
  ];
  for (const [title, steps, why] of impossible)
    it(`can not be carried out for ${title}: nothing after it is tried`, async () => {
      const { stage, outcome } = await play(`${steps}\n- submit: never`);
      expect(outcome.verdict).to.equal("not-run");
      expect(outcome.entries.at(-1)).to.deep.include({ did: "this could not be done", verdict: "failed" });
      expect(outcome.entries.at(-1)?.why).to.match(why);
      expect(stage.calls).to.not.include("submit never");
    });

  it("ends after five minutes, whatever its steps wait for", async () => {
    const steps = Array.from({ length: 8 }, () => "- wait until: { executed: 1 }\n  within: 1m").join("\n");
    const { stage, outcome } = await play(steps);
    expect(outcome.verdict).to.equal("not-run");
    expect(outcome.entries.at(-1)?.why).to.equal("the scenario takes too long, so nothing more is done");
    expect(stage.now).to.be.within(300_000, 301_000);
  });

  it("is refused on a protocol that it does not name", async () => {
    const error = await runScenario(scenarioOf("- heal"), new TinyStage("raft"), { withoutLies: false }, () => undefined).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(RangeError);
    expect(String(error)).to.match(/mine is not played on raft; it is on: pbft/);
  });
});
