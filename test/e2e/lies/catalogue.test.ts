import { behavioursOf } from "@bft/sim/byzantine";
import { expect } from "chai";
import { OCCASIONS } from "./support/occasions.js";

describe("every behaviour of the catalogue is told in a real cluster", () => {
  it("has an occasion, and no occasion is for a behaviour that there is not", () => {
    expect(Object.keys(OCCASIONS)).to.have.members(behavioursOf("pbft").map(({ name }) => name));
  });
});
