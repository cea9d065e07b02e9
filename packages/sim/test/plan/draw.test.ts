import { drawPlan, isCalm, type Pins, PLAN_OPTIONS, type Plan, twinsPlan, twinsScenarios } from "@bft/sim";
import { expect } from "chai";

const many = (count: number, pins: Pins = {}): Plan[] => Array.from({ length: count }, (_, seed) => drawPlan(seed, pins));
const kinds = (plan: Plan) => new Set(plan.actions.map(({ kind }) => kind));

describe("what a seed decides", () => {
  it("is the same plan every time, and another one for another seed", () => {
    expect(drawPlan(5, {})).to.deep.equal(drawPlan(5, {}));
    expect(drawPlan(5, {})).to.not.deep.equal({ ...drawPlan(6, {}), seed: 5 });
  });

  it("is a swarm: each kind of fault is absent from some plans and present in others", () => {
    const plans = many(300);
    const share = (holds: (plan: Plan) => boolean) => plans.filter(holds).length / plans.length;
    for (const kind of ["crash", "wipe", "cut", "clog", "mend", "slow", "restart"] as const)
      expect(
        share((plan) => kinds(plan).has(kind)),
        kind,
      ).to.be.within(0.1, 0.9);
    expect(share(({ network }) => network.drop > 0)).to.be.within(0.2, 0.7);
    expect(share(({ network }) => network.duplicate > 0)).to.be.within(0.2, 0.7);
    expect(share(({ liars }) => liars.length > 0)).to.be.within(0.3, 0.8);
    expect(share(({ lyingClients }) => lyingClients.length > 0)).to.be.within(0.1, 0.4);
    expect(share(isCalm)).to.be.within(0.02, 0.3);
    expect(share(({ heal, replicas }) => heal.core.length < replicas)).to.be.within(0.2, 0.95);
  });

  it("never has more faulty replicas than f: liars, and those that lose their disk", () => {
    for (const plan of many(500)) {
      const wiped = new Set(plan.actions.flatMap((action) => (action.kind === "wipe" ? [action.replica] : [])));
      expect(plan.liars.length + wiped.size, `seed ${plan.seed}`).to.be.at.most(plan.faults);
      for (const { replica } of plan.liars) expect(plan.heal.core).to.not.include(replica);
      expect(plan.heal.core.length).to.be.at.least(Math.ceil((plan.replicas + plan.faults + 1) / 2));
    }
  });

  for (const protocol of ["multipaxos", "raft"] as const)
    it(`${protocol}: 2f+1 replicas and more, nobody lies, reads are ordered, and who loses its disk is not in the core, which is a majority`, () => {
      const plans = many(500, { protocol });
      for (const { seed, replicas, faults, liars, twins, settings, actions, heal } of plans) {
        const wiped = new Set(actions.flatMap((action) => (action.kind === "wipe" ? [action.replica] : [])));
        expect(wiped.size, `seed ${seed}`).to.be.at.most(faults);
        expect([...liars, ...twins], `seed ${seed}`).to.deep.equal([]);
        expect(settings.reads).to.equal("ordered");
        expect(replicas).to.be.within(2 * faults + 1, 2 * faults + 3);
        expect(heal.core.filter((id) => wiped.has(id))).to.deep.equal([]);
        expect(2 * heal.core.length).to.be.greaterThan(replicas);
      }
      const share = (holds: (plan: Plan) => boolean) => plans.filter(holds).length / plans.length;
      expect(share(({ actions }) => actions.some(({ kind }) => kind === "wipe"))).to.be.within(0.3, 0.7);
      // Elections close to one another: messages take as long as anybody waits for them.
      const contested = ({ network, settings }: Plan) => network.delayMsMax >= settings.viewChangeTimeoutMs;
      expect(share(contested)).to.be.within(0.1, 0.5);
      expect(share(isCalm)).to.be.within(0.02, 0.3);
      expect(many(50, { protocol, liars: 1 }).every(({ liars }) => liars.length === 1)).to.equal(true);
    });

  it("is in order of time and ends with the trouble", () => {
    for (const { actions, heal } of many(100)) {
      for (const [i, { at }] of actions.entries()) expect(at).to.be.within(actions[i - 1]?.at ?? 0, heal.at);
    }
  });

  it("a pinned option is as pinned, and the others stay as they were", () => {
    const free = drawPlan(11, {});
    const pinned = drawPlan(11, { drop: 0.123 });
    expect(pinned).to.deep.equal({ ...free, network: { ...free.network, drop: 0.123 } });
    expect(many(20, { f: 2, replicas: 8 }).every(({ faults, replicas }) => faults === 2 && replicas === 8)).to.equal(true);
    expect(many(20, { crashes: 0, wipes: 0 }).some((plan) => kinds(plan).has("crash") || kinds(plan).has("wipe"))).to.equal(
      false,
    );
  });

  it("every option can be pinned from text, and refuses what is no value of it", () => {
    const texts: Readonly<Record<string, readonly [string, string | null]>> = {
      mode: ["twins", "chess"],
      protocol: ["pbft", "vote"],
      service: ["bank", "shop"],
      reads: ["fast", "slow"],
      reorder: ["true", "yes"],
      compact: ["false", "0"],
      behaviour: ["silent", null],
      "client-behaviour": ["any", null],
      "timeout-ms": ["200", "5"],
      drop: ["0.25", "1.5"],
      duplicate: ["0", "-1"],
      late: ["1", "often"],
      skew: [".2", "2"],
    };
    for (const { name, summary, parse } of PLAN_OPTIONS) {
      const [good, bad] = texts[name] ?? ["1", "1.5"];
      expect(String(parse(good)).length, name).to.be.greaterThan(0);
      if (bad !== null) expect(() => parse(bad), name).to.throw(RangeError, new RegExp(`^${name} must be .*"${bad}"$`));
      expect(summary.length).to.be.greaterThan(10);
    }
  });

  for (const [name, pins, error] of [
    ["too few replicas for f", { f: 2, replicas: 6 }, /at least|>= 3f\+1 = 7/],
    ["more liars than replicas", { liars: 31, replicas: 4, f: 1 }, /31 liars are more than the 4 replicas/],
    ["a behaviour that there is not", { liars: 1, behaviour: "fib" }, /no behaviour "fib"; see bft byzantine --list/],
    [
      "the scenarios of Twins for Raft",
      { mode: "twins", protocol: "raft" },
      /mode=twins has scenarios of pbft only, not of raft/,
    ],
    ["too few replicas for a majority", { protocol: "raft", f: 2, replicas: 4 }, />= 2f\+1 = 5/],
  ] as const)
    it(`refuses ${name}`, () => {
      expect(() => drawPlan(1, pins)).to.throw(RangeError, error);
    });

  it("in twins mode is one of the systematic scenarios, and there is an end to them", () => {
    expect(drawPlan(7, { mode: "twins", rounds: 1 })).to.deep.equal({ ...twinsPlan(6, 1), seed: 7 });
    expect(() => drawPlan(twinsScenarios(1) + 1, { mode: "twins", rounds: 1 })).to.throw(RangeError, /scenarios 0 to 63, not 64/);
  });

  it("in fuzz mode has f liars that mutate their messages, and nobody stops", () => {
    for (const mode of ["fuzz-small", "fuzz-any"] as const)
      for (const plan of many(20, { mode })) {
        expect(plan.liars.map(({ behaviour }) => behaviour)).to.deep.equal(Array.from({ length: plan.faults }, () => mode));
        for (const kind of ["crash", "wipe", "slow"] as const) expect(kinds(plan).has(kind)).to.equal(false);
      }
  });

  it("with more liars than f nothing is promised, so nothing is healed", () => {
    expect(drawPlan(1, { f: 1, liars: 2 }).heal.core).to.deep.equal([]);
  });
});
