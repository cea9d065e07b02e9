import { RAFT } from "@bft/core/raft";
import { expect } from "chai";
import { hunt } from "../support/crash-hunt.js";

const [FIRST, LAST] = (process.env["HUNT_SEEDS"] ?? "1-60").split("-").map(Number) as [number, number];

describe("Raft under crashes, loss, disorder and partitions", () => {
  it(`stays safe and comes to rest: seeds ${FIRST} to ${LAST}`, () => {
    const total = { checks: 0, crashes: 0, tornOff: 0, wiped: 0, installed: 0, viewsEntered: 0, lost: 0 };
    for (let seed = FIRST; seed <= LAST; seed++) {
      try {
        for (const [name, count] of Object.entries(hunt(RAFT, seed))) total[name as keyof typeof total] += count;
      } catch (error) {
        throw new Error(`seed ${seed}: HUNT_SEEDS=${seed}-${seed} shows it again`, { cause: error });
      }
    }
    // The faults really happened.
    for (const [name, count] of Object.entries(total)) expect(count, name).to.be.greaterThan(0);
  });
});
