import { expect } from "chai";
import { TestCluster } from "./support/cluster.js";

describe("smoke", () => {
  it("normal", () => {
    const c = new TestCluster();
    expect(c.ask("set x 1").results).to.deep.equal([{ ok: true, value: "ok" }]);
    expect(c.ask("get x").results).to.deep.equal([{ ok: true, value: "1" }]);
    for (let i = 0; i < 100; i++) c.ask(`set k${i} ${i}`);
    c.settle();
    console.log(c.status(0).lowWaterMark, c.status(3).lastExecuted);
  });
  it("primary dies", () => {
    const c = new TestCluster();
    c.ask("set x 1");
    c.kill(0);
    expect(c.ask("get x").results).to.deep.equal([{ ok: true, value: "1" }]);
    console.log(c.now, c.status(1).view);
    for (let i = 0; i < 50; i++) c.ask(`set k${i} ${i}`);
    c.start(0);
    c.run(3000);
    console.log(c.status(0), c.status(1).lastExecuted);
    c.kill(1);
    c.ask("set y 2");
    console.log(c.status(0).view, c.now);
    c.kill(0); c.kill(2); c.kill(3);
    for (let i = 0; i < 4; i++) c.start(i);
    c.run(2000);
    console.log([0,1,2,3].map(i => [c.status(i).view, c.status(i).lastExecuted, c.status(i).checkpoint]));
    expect(c.ask("get y").results).to.deep.equal([{ ok: true, value: "2" }]);
  });
});
