import { type Happening, SERVICES, type Service } from "@bft/core";
import { expect } from "chai";
import { simProtocolNamed } from "../../src/protocols/all.js";
import { quietPlan } from "../../src/scenario/sim-stage/plan.js";
import { World } from "../../src/world/world.js";

describe("a world that goes on step by step", () => {
  it("reads what a replica sends as every receiver would, from the moment on that it lies", () => {
    const plan = quietPlan({ protocol: "pbft", faults: 1, service: "kv", seed: 1 });
    const refused: string[] = [];
    const tell = (_at: number, happening: Happening) => {
      if (happening.kind === "lost") refused.push(happening.from);
    };
    const world = new World(plan, simProtocolNamed("pbft"), SERVICES.get("kv") as Service, tell, true);
    const submit = () => world.carryOut({ kind: "submit", client: 0, operations: ["set x 1"], readOnly: false });
    world.begin();
    submit();
    world.scheduler.runTo(1_000);
    expect(world.clients[0]?.answered).to.equal(1);
    expect(refused).to.deep.equal([]);
    world.behave(2, "edge-values", [2]);
    for (let more = 0; more < 20; more++) submit();
    world.scheduler.runTo(30_000);
    expect(world.replicas[2]?.lies).to.be.above(0);
    expect(new Set(refused), "bytes that nobody can read").to.deep.equal(new Set(["replica 2"]));
    expect(world.clients[0]?.answered).to.equal(21);
    expect(world.scheduler.now, "time goes as far as it was asked to").to.equal(30_000);
  });
});
