import { readFileSync } from "node:fs";
import { parseHistory } from "@bft/sim";
import { expect } from "chai";
import { check } from "./support.js";

const TEXT = readFileSync("docs/history-format.md", "utf8");

/** Blocks marked with the verdict that the page gives them. */
function examples(): readonly (readonly [verdict: string, text: string])[] {
  return [...TEXT.matchAll(/```json (\w+)\n(.*?)```/gs)].map(([, verdict = "", text = ""]) => [verdict, text]);
}

describe("docs/history-format.md", () => {
  it("has an example that holds and one that does not", () => {
    expect(examples().map(([verdict]) => verdict)).to.have.members(["linearizable", "violated"]);
  });

  for (const [verdict, text] of examples())
    it(`the example that is ${verdict} is`, () => {
      const parsed = parseHistory(text);
      if (!parsed.ok) throw new Error(parsed.error);
      const found = check(parsed.file.history, parsed.file.service);
      expect(found.verdict).to.equal(verdict);
      if (found.verdict === "violated") expect(found.offending).to.deep.equal(parsed.file.history.slice(0, 3));
    });
});
