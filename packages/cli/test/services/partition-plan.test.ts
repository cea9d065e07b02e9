import type { ClusterConfig } from "@bft/replica";
import { expect } from "chai";
import { directionsOf, planPartition } from "../../src/services/partition-plan.js";

/** As much of a cluster of four as a plan looks at. */
const config = { replicas: [0, 1, 2, 3].map((id) => ({ id })) } as unknown as ClusterConfig;

function cuts(groups: readonly string[], oneWay = false): string[] {
  return planPartition(groups, oneWay, config).cuts.map(({ from, to }) => `${from}>${to}`);
}

describe("services/partition-plan", () => {
  it("cuts both ways between groups, and nothing inside them", () => {
    expect(cuts(["0,1", "2,3"]).sort()).to.deep.equal(["0>2", "0>3", "1>2", "1>3", "2>0", "2>1", "3>0", "3>1"]);
  });

  it("puts those who are not named into one more group", () => {
    const plan = planPartition(["2"], false, config);
    expect(plan).to.deep.include({ groups: [[2], [0, 1, 3]], notNamed: [0, 1, 3] });
    expect(plan.cuts).to.have.length(6);
    expect(planPartition(["2", "1"], false, config).groups).to.deep.equal([[2], [1], [0, 3]]);
  });

  it("one way: only from the first group to the second", () => {
    expect(cuts(["0", "1,2,3"], true)).to.deep.equal(["0>1", "0>2", "0>3"]);
    expect(cuts(["0"], true)).to.deep.equal(["0>1", "0>2", "0>3"]);
    expect(planPartition(["0,3", "1"], true, config), "replica 2 is in neither").to.deep.equal({
      groups: [[0, 3], [1]],
      notNamed: [2],
      oneWay: true,
      cuts: [
        { from: 0, to: 1 },
        { from: 3, to: 1 },
      ],
    });
  });

  it("takes the ids in any order", () => {
    expect(planPartition(["1, 0", "3,2"], false, config).groups).to.deep.equal([
      [0, 1],
      [2, 3],
    ]);
  });

  for (const [groups, oneWay, says] of [
    [["0,1,2,3"], false, "all replicas are in one group"],
    [["0", "0,1"], false, "replica 0 is named twice"],
    [["0,0"], false, "replica 0 is named twice"],
    [["0,", "1"], false, '"0," is not a group of replicas'],
    [[""], false, '"" is not a group of replicas'],
    [["0", "4"], false, "replica 4 does not exist; this cluster has replicas 0 to 3"],
    [["0", "-1"], false, '"-1" is not a replica'],
    [["0", "1", "2"], true, "--one-way takes two groups"],
  ] as const) {
    it(`refuses ${groups.map((group) => JSON.stringify(group)).join(" ")}${oneWay ? " one way" : ""}: ${says}`, () => {
      expect(() => planPartition(groups, oneWay, config)).to.throw(says);
    });
  }

  it("a link has two directions, or the one from the first to the second", () => {
    const there = { from: 2, to: 0 };
    expect(directionsOf("2", "0", false, config)).to.deep.equal([there, { from: 0, to: 2 }]);
    expect(directionsOf("2", "0", true, config)).to.deep.equal([there]);
    expect(() => directionsOf("2", "2", false, config)).to.throw("replica 2 has no link to itself");
  });
});
