import { expect } from "chai";
import { DEFAULT_LIMITS } from "../src/index.js";
import { whyTooLarge } from "../src/request-size.js";

describe("what replicas would drop is refused before it is sent", () => {
  const limits = { ...DEFAULT_LIMITS, operationBytesMax: 10, batchOperationsMax: 3, batchBytesMax: 20 };

  for (const [what, operations, why] of [
    ["what just fits", ["0123456789", "0123456789"], null],
    ["too many operations", ["a", "b", "c", "d"], "4 operations are too many for one request; the most is 3"],
    ["a long one", ["0123456789a"], "an operation of 11 bytes is too long; the most is 10"],
    ["bytes count, not characters", ["ééééé", "éééééé"], "an operation of 12 bytes is too long; the most is 10"],
    [
      "too much together",
      ["0123456789", "0123456789", "a"],
      "operations of 21 bytes together are too many for one request; the most is 20, so submit them as several",
    ],
  ] as const)
    it(what, () => {
      expect(whyTooLarge(operations, limits)).to.equal(why);
    });
});
