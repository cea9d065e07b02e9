import { expect } from "chai";
import { parseFault } from "../../../src/services/bench/parse-fault.js";

describe("services/bench/parse-fault", () => {
  for (const [text, atMs, deed] of [
    ["kill 0 @5s", 5_000, { kind: "kill", replicas: [0] }],
    ["  restart 0,2   @ 500ms ", 500, { kind: "restart", replicas: [0, 2] }],
    ["pause 1 @1m", 60_000, { kind: "pause", replicas: [1] }],
    ["resume 1@2s", 2_000, { kind: "resume", replicas: [1] }],
    ["byzantine 1 @2s", 2_000, { kind: "byzantine", replicas: [1], behaviour: "equivocate" }],
    ["byzantine 1 slow-primary @2s", 2_000, { kind: "byzantine", replicas: [1], behaviour: "slow-primary" }],
    ["byzantine 1 off @2s", 2_000, { kind: "byzantine", replicas: [1], behaviour: null }],
    ["partition 0,1 2,3 @2s", 2_000, { kind: "partition", groups: ["0,1", "2,3"] }],
    ["heal @2s", 2_000, { kind: "heal" }],
  ] as const)
    it(text, () => {
      const fault = parseFault(text);
      expect(fault).to.deep.include({ atMs, deed });
      expect(fault.text).to.not.include("@");
    });

  for (const [text, why] of [
    ["kill 0", "does not say when"],
    ["kill 0 @5", "has no unit"],
    ["kill @5s", "takes the id of a replica"],
    ["kill zero @5s", "is not the id of a replica"],
    ["kill 0 1 @5s", "takes the id of a replica"],
    ["byzantine @5s", "takes a replica and how it lies"],
    ["byzantine 1 mute loudly @5s", "takes a replica and how it lies"],
    ["partition @5s", "takes groups of replicas"],
    ["heal 0 @5s", "heal takes nothing"],
    ["explode 0 @5s", "is no fault; there are: kill"],
    ["", "does not say when"],
  ] as const)
    it(`"${text}" is refused with one sentence`, () => {
      expect(() => parseFault(text))
        .to.throw(why)
        .with.property("exitCode", 2);
    });
});
