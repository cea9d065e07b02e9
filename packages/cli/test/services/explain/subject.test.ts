import { expect } from "chai";
import { requestText, subjectOf } from "../../../src/services/explain/subject.js";

describe("services/explain/subject", () => {
  it("a sequence number, and a request as it is printed", () => {
    expect(subjectOf("12")).to.deep.equal({ kind: "seq", seq: 12 });
    const request = { client: 3, timestamp: 1_760_000_000_000_000 };
    expect(subjectOf(requestText(request))).to.deep.equal({ kind: "request", ...request });
  });

  for (const text of [
    "",
    "0",
    "-1",
    "1.5",
    "1e3",
    "x",
    "3:",
    ":3",
    "3:4:5",
    "9007199254740993",
    "1:9007199254740993",
    " 3",
    "３",
  ])
    it(`refuses ${JSON.stringify(text)} with the exit code of misuse`, () => {
      expect(() => subjectOf(text))
        .to.throw(/bft explain 1|such as 12/)
        .with.property("exitCode", 2);
    });
});
