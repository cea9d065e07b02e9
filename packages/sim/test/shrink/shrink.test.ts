import type { Action, Plan, Violation } from "@bft/sim";
import { expect } from "chai";
import { type Shrunk, shrinkSteps } from "../../src/shrink/shrink.js";
import { settingsFault } from "../../src/transcript/validate.js";
import { SAMPLE } from "../transcript/plans.js";

function violationBy(checker: string, at = 1e9): Violation {
  return { checker, at, what: "it is wrong", replicas: [0], seq: null };
}

/** Shrinks under a rule that stands for a run: what it finds in a plan. */
function shrunk(
  plan: Plan,
  rule: (plan: Plan) => Violation | null,
  runsMax = 5000,
): Shrunk & { readonly tried: readonly Plan[] } {
  const first = rule(plan);
  if (first === null) throw new Error("the plan does not fail");
  const tried: Plan[] = [];
  const steps = shrinkSteps(plan, first, runsMax);
  let step = steps.next();
  while (!step.done) {
    tried.push(step.value.candidate);
    step = steps.next(rule(step.value.candidate));
  }
  return { ...step.value, tried };
}

/** A plan with a hundred actions, all of which do something. */
function big(): Plan {
  const actions: Action[] = Array.from({ length: 100 }, (_, i) =>
    i % 2 === 0
      ? { at: 100 * i, kind: "submit", client: i % 3, operations: [`set x ${i}`, `set y ${i}`, "get z"], readOnly: false }
      : { at: 100 * i, kind: i % 4 === 3 ? "crash" : "restart", replica: i % 7, effects: 2, torn: 1 },
  );
  return {
    ...SAMPLE,
    faults: 2,
    replicas: 7,
    clients: 3,
    settings: { ...SAMPLE.settings, clockRates: [1, 1.1, 0.9, 1, 1, 1, 1.2] },
    liars: [1, 3, 5].map((replica) => ({ replica, behaviour: "equivocate" })),
    twins: [],
    actions,
    heal: { at: 30_000, core: [0, 2, 4, 5, 6], withinMs: 20_000 },
  };
}

const always = () => violationBy("agreement");

describe("shrinking", () => {
  it("leaves the least there is when anything fails", () => {
    const { plan, minimal, violation } = shrunk(big(), always);
    expect(minimal).to.equal(true);
    expect(violation.checker).to.equal("agreement");
    expect(plan).to.deep.equal({
      ...big(),
      faults: 1,
      replicas: 4,
      clients: 1,
      liars: [],
      twins: [],
      lyingClients: [],
      actions: [],
      network: { delayMsMin: 1, delayMsMax: 1, late: 0, lateMsMax: 0, drop: 0, duplicate: 0, reorder: false },
      settings: {
        ...big().settings,
        clockRates: [1, 1, 1, 1],
        reads: "ordered",
        compact: true,
        pipelineDepth: 1,
        batchOperationsMax: 1,
        clientWindow: 1,
        checkpointInterval: 128,
      },
      heal: { at: 0, core: plan.heal.core, withinMs: 20_000 },
    });
    expect(plan.heal.core).to.have.length.of.at.least(3);
  });

  it("keeps exactly the actions that it takes, one of their operations, and no wait", () => {
    const needed = (plan: Plan) => {
      const submits = plan.actions.findIndex((each) => each.kind === "submit" && each.operations.includes("set y 40"));
      const crashes = plan.actions.findLastIndex((each) => each.kind === "crash");
      return submits !== -1 && crashes > submits ? violationBy("exactly-once") : null;
    };
    const { plan } = shrunk(big(), needed);
    expect(plan.actions).to.have.length(2);
    expect(plan.actions[0]).to.deep.equal({ at: 0, kind: "submit", client: 0, operations: ["set y 40"], readOnly: false });
    expect(plan.actions[1]).to.deep.include({ at: 0, kind: "crash", effects: 0, torn: 0 });
  });

  it("keeps what it takes to lie: f+1 liars of a smaller cluster when that is what fails", () => {
    const tooMany = (plan: Plan) =>
      plan.liars.filter(({ behaviour }) => behaviour === "equivocate").length > plan.faults ? violationBy("agreement") : null;
    const { plan } = shrunk(big(), tooMany);
    expect(plan).to.include({ faults: 1, replicas: 4 });
    expect(plan.liars.map(({ behaviour }) => behaviour)).to.deep.equal(["equivocate", "equivocate"]);
  });

  it("keeps a twin that it takes, and its copy its number", () => {
    const actions: Action[] = [{ at: 5, kind: "cut", from: [6, 8], to: [0, 7] }];
    const plan = { ...big(), liars: [], twins: [1, 5], actions };
    const rule = ({ replicas, twins, actions }: Plan) => {
      const [cut] = actions;
      const copyIsCut = cut?.kind === "cut" && cut.from.includes(replicas + twins.length - 1);
      return twins.length > 0 && copyIsCut ? violationBy("agreement") : null;
    };
    const least = shrunk(plan, rule).plan;
    expect(least).to.include({ faults: 1, replicas: 4 });
    expect(least.twins).to.have.length(1);
    expect(least.actions[0]).to.deep.include({ from: [4] });
  });

  it("takes the copy of a twin away with it", () => {
    const actions: Action[] = [1, 2].map((at) => ({ at, kind: "cut", from: [7, 8, 0], to: [7, 8, 0] }));
    const { tried } = shrunk({ ...big(), liars: [], twins: [1, 5], actions }, (plan) =>
      plan.actions.length === 2 && plan.twins.length > 0 ? violationBy("agreement") : null,
    );
    expect(tried.some(({ replicas, twins }) => replicas === 4 && twins.length === 1)).to.equal(true);
    for (const { replicas, twins, actions } of tried) {
      for (const twin of twins) expect(twin).to.be.lessThan(replicas);
      for (const action of actions)
        if (action.kind === "cut") expect(Math.max(...action.from, ...action.to)).to.be.lessThan(replicas + twins.length);
    }
  });

  it("keeps the noise that it takes, and no other", () => {
    const { plan } = shrunk(big(), ({ network }) => (network.duplicate > 0 && network.late > 0 ? violationBy("validity") : null));
    expect(plan.network).to.deep.equal({ ...SAMPLE.network, drop: 0, reorder: false, delayMsMin: 1, delayMsMax: 1 });
  });

  it("is not led to another violation", () => {
    const rule = ({ actions }: Plan) => violationBy(actions.length > 10 ? "agreement" : "liveness");
    expect(shrunk(big(), rule).plan.actions).to.have.length(11);
  });

  it("may go from certificates that conflict to executions that do, and not back", () => {
    const rule = ({ network, settings }: Plan) =>
      violationBy(network.late > 0 || settings.compact ? "certificates" : "agreement");
    const { plan, violation } = shrunk(big(), rule);
    expect(violation.checker).to.equal("agreement");
    expect(plan.network.late).to.equal(0);
    expect(plan.settings.compact).to.equal(false);
  });

  it("does not make a cluster slower, nor its time shorter, for a violation that is about time", () => {
    const { tried } = shrunk(big(), () => violationBy("liveness"));
    const { pipelineDepth, batchOperationsMax, clientWindow } = SAMPLE.settings;
    for (const { settings, heal } of tried) {
      expect(settings).to.include({ pipelineDepth, batchOperationsMax, clientWindow });
      expect(heal.withinMs).to.equal(20_000);
    }
  });

  it("never goes from f faulty replicas to more, where a violation would say nothing", () => {
    const liars = [{ replica: 1, behaviour: "equivocate" }];
    const actions: Action[] = [{ at: 50, kind: "wipe", replica: 2 }];
    const faulty = ({ liars, actions }: Plan) => (liars.length === 1 && actions.length === 1 ? violationBy("agreement") : null);
    expect(shrunk({ ...big(), liars, actions }, faulty).plan).to.include({ faults: 2, replicas: 7 });
  });

  for (const protocol of ["multipaxos", "raft"])
    it(`${protocol}: 2f+1 replicas are enough, and a majority that kept its disks is the core`, () => {
      const actions: Action[] = [{ at: 50, kind: "wipe", replica: 6 }];
      const heal = { ...big().heal, core: [0, 1, 2, 3] };
      const plan = { ...big(), protocol, faults: 3, liars: [], actions, heal };
      const { tried, plan: least } = shrunk(plan, always);
      expect(least).to.include({ faults: 1, replicas: 3 });
      const lasting = shrunk(plan, (now) => (now.actions.length === 1 ? violationBy("agreement") : null));
      for (const { faults, replicas, heal, actions } of [...tried, ...lasting.tried]) {
        expect(replicas).to.be.at.least(2 * faults + 1);
        expect(2 * heal.core.length).to.be.greaterThan(replicas);
        for (const action of actions) if (action.kind === "wipe") expect(heal.core).to.not.include(action.replica);
      }
      expect(lasting.plan).to.include({ faults: 1, replicas: 3 });
    });

  it("leaves nothing promised where nothing is", () => {
    const { heal } = big();
    expect(shrunk({ ...big(), heal: { ...heal, core: [] } }, always).plan.heal.core).to.deep.equal([]);
  });

  it("tries nothing that is no plan, and nothing twice", () => {
    const { tried } = shrunk(big(), (plan) => (plan.actions.length > 5 && plan.replicas > 3 ? violationBy("agreement") : null));
    for (const plan of tried) {
      expect(settingsFault(plan)).to.equal(null);
      expect(plan.replicas).to.be.at.least(3 * plan.faults + 1);
      expect(plan.heal.core.length).to.be.at.least(Math.ceil((plan.replicas + plan.faults + 1) / 2));
      const times = [...plan.actions.map(({ at }) => at), plan.heal.at];
      expect(times).to.deep.equal([...times].sort((a, b) => a - b));
      for (const action of plan.actions) {
        if ("client" in action) expect(action.client).to.be.lessThan(plan.clients);
        if ("replica" in action) expect(action.replica).to.be.lessThan(plan.replicas);
        if ("from" in action) expect(Math.min(action.from.length, action.to.length)).to.be.greaterThan(0);
      }
    }
    expect(new Set(tried.map((plan) => JSON.stringify(plan))).size).to.equal(tried.length);
  });

  it("stops when the runs are used up, with the best so far", () => {
    const whole = shrunk(big(), always);
    const { plan, runs, minimal, tried } = shrunk(big(), always, 3);
    expect({ runs, minimal, tried: tried.length }).to.deep.equal({ runs: 3, minimal: false, tried: 3 });
    expect(plan).to.deep.equal(tried[2]);
    expect(whole.runs).to.be.greaterThan(3);
  });

  it("leaves out at once what comes after the violation", () => {
    const early = () => violationBy("agreement", 500);
    const { tried } = shrunk(big(), early, 1);
    expect(tried[0]?.actions.map(({ at }) => at)).to.deep.equal([0, 100, 200, 300, 400, 500]);
  });

  it("takes the same steps again", () => {
    expect(shrunk(big(), always)).to.deep.equal(shrunk(big(), always));
  });
});
