import type { ProtocolName } from "@bft/core";
import { type Answer, type Judgement, type Stage, simStage } from "@bft/sim/scenario";
import { expect } from "chai";

const PROTOCOLS: readonly ProtocolName[] = ["pbft", "multipaxos", "raft"];

/** Virtual time within which a quiet cluster answers, elects a leader first where it has to. */
const SOON_MS = 10_000;

function stageOf(protocol: ProtocolName, seed = 1): Stage {
  return simStage({ protocol, faults: 1, service: "kv", seed });
}

/** Waits in virtual time until somebody leads. */
async function ready(protocol: ProtocolName, seed = 1): Promise<Stage> {
  const stage = stageOf(protocol, seed);
  await stage.wait(2_000);
  return stage;
}

async function ask(stage: Stage, ...operations: readonly string[]): Promise<Answer> {
  const request = await stage.submit(operations);
  const end = stage.now + SOON_MS;
  while (stage.answer(request) === null && stage.now < end) await stage.wait(10);
  const answer = stage.answer(request);
  if (answer === null) throw new Error(`no answer to ${operations.join("; ")}`);
  return answer;
}

async function leaderOf(stage: Stage): Promise<number> {
  return (await stage.look()).findIndex((status) => status?.isPrimary === true);
}

function checkersOf({ violations }: Judgement): readonly string[] {
  return violations.map(({ checker }) => checker);
}

/** A story with everything in it that a stage can do. @returns all that is to be known of it */
async function story(protocol: ProtocolName, seed: number): Promise<string> {
  const stage = await ready(protocol, seed);
  const told: unknown[] = [await ask(stage, "set x 1")];
  const leader = await leaderOf(stage);
  await stage.lie([leader], "equivocate");
  told.push(await stage.submit(["set x 2"]));
  await stage.wait(3_000);
  await stage.lie([leader], null);
  await stage.partition([[leader]]);
  await stage.wait(500);
  await stage.kill([leader]);
  await stage.heal();
  await stage.restart([leader]);
  await stage.wait(SOON_MS);
  told.push(stage.answer(1), stage.now, await stage.look(), await stage.judge());
  return JSON.stringify(told);
}

describe("a simulated stage", () => {
  for (const protocol of PROTOCOLS) {
    it(`${protocol}: answers requests in order, in virtual time, and counts what that cost`, async () => {
      const stage = await ready(protocol);
      const before = (await stage.judge()).cost;
      expect(await ask(stage, "set x 1")).to.deep.include({ results: [{ ok: true, value: "ok" }] });
      const second = await ask(stage, "set x 2", "get x");
      expect(second.results).to.deep.equal([
        { ok: true, value: "ok" },
        { ok: true, value: "2" },
      ]);
      expect(second.latencyMs, "a few links of 1 to 2 ms").to.be.within(2, 20);
      const judgement = await stage.judge();
      expect(judgement).to.deep.include({ violations: [], linearizable: true, lies: 0 });
      expect(before.operations).to.equal(0);
      expect(judgement.cost.operations).to.equal(3);
      expect(judgement.cost.messages).to.be.above(before.messages);
    });

    it(`${protocol}: the same seed is the same story, another one is not`, async () => {
      const first = await story(protocol, 7);
      expect(await story(protocol, 7)).to.equal(first);
      expect(await story(protocol, 8)).to.not.equal(first);
    });

    it(`${protocol}: who was killed is down, and comes back with what was written down`, async () => {
      const stage = await ready(protocol);
      const { seq } = await ask(stage, "set x 1");
      await stage.wait(1_000);
      const leader = await leaderOf(stage);
      await stage.kill([leader]);
      expect((await stage.look())[leader]).to.equal(null);
      expect((await ask(stage, "get x")).results).to.deep.equal([{ ok: true, value: "1" }]);
      await stage.restart([leader]);
      expect((await stage.look())[leader]?.lastExecuted, "as it was when it died").to.be.at.least(seq);
      expect((await stage.judge()).violations).to.deep.equal([]);
    });

    it(`${protocol}: nothing passes between the sides of a partition until it is healed`, async () => {
      const stage = await ready(protocol);
      const all = (await stage.look()).map((_, id) => id);
      await stage.partition(all.map((id) => [id]));
      const request = await stage.submit(["set x 1"]);
      await stage.wait(SOON_MS);
      expect(stage.answer(request)).to.equal(null);
      await stage.heal();
      await stage.wait(3 * SOON_MS);
      expect(stage.answer(request)?.results).to.deep.equal([{ ok: true, value: "ok" }]);
      expect((await stage.judge()).violations).to.deep.equal([]);
    });
  }

  it("a partition takes the place of the one before, and who is in no group is alone", async () => {
    const stage = await ready("pbft");
    await stage.partition([[0, 1, 2, 3]]);
    expect((await ask(stage, "set x 1")).seq).to.equal(1);
    await stage.partition([[0, 1]]);
    const request = await stage.submit(["set x 2"]);
    await stage.wait(SOON_MS);
    expect(stage.answer(request), "2 and 3 are not with one another either").to.equal(null);
    await stage.partition([[0, 1, 2]]);
    await stage.wait(3 * SOON_MS);
    expect(stage.answer(request)).to.not.equal(null);
  });

  it("a lie begins and ends at run time, is counted when it changed something, and who told it is judged no more", async () => {
    const stage = await ready("raft");
    await ask(stage, "set x 0");
    const leader = await leaderOf(stage);
    await stage.lie([leader], "equivocate");
    await ask(stage, "set x 1");
    await ask(stage, "set x 2");
    const during = await stage.judge();
    expect(during.lies).to.be.above(0);
    expect(checkersOf(during)).to.include("agreement");
    for (const { replicas } of during.violations) expect(replicas).to.not.include(leader);
    await stage.lie([leader], null);
    await ask(stage, "set x 3");
    const after = await stage.judge();
    expect(after.lies, "an honest replica tells none").to.equal(during.lies);
    expect(checkersOf(after), "judging again forgets nothing").to.include("agreement");
    expect(after.events.filter(({ kind }) => kind === "behaves")).to.have.length(2);
  });

  it("a replica that is restarted is honest", async () => {
    const stage = await ready("pbft");
    await stage.lie([3], "silent");
    await stage.restart([2, 3]);
    const { events } = await stage.judge();
    expect(events.flatMap((event) => (event.kind === "behaves" ? [[event.replica, event.behaviour]] : []))).to.deep.equal([
      [3, "silent"],
      [3, null],
    ]);
    await stage.kill([2]);
    expect((await ask(stage, "set x 1")).seq, "a quorum needs it now").to.equal(1);
  });

  it("a client that is lied to makes the history not linearizable", async () => {
    const stage = await ready("raft");
    await ask(stage, "set x 1");
    await stage.lie([await leaderOf(stage)], "wrong-reply");
    const { results } = await ask(stage, "get x");
    expect(results).to.not.deep.equal([{ ok: true, value: "1" }]);
    expect((await stage.judge()).linearizable).to.equal(false);
  });

  it("refuses a behaviour and a service that do not exist", async () => {
    const error = await stageOf("pbft")
      .lie([0], "no-such-lie")
      .then(
        () => null,
        (reason: unknown) => reason,
      );
    expect(error).to.be.instanceOf(RangeError);
    expect(() => simStage({ protocol: "pbft", faults: 1, service: "nothing", seed: 1 })).to.throw(
      RangeError,
      'there is no service "nothing"; there are:',
    );
  });
});
