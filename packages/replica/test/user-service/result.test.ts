import { expect } from "chai";
import { run, serviceWith } from "./support/service.js";

describe("what a service may return", () => {
  const results: readonly (readonly [returned: string, ok: boolean, value: string | null])[] = [
    ["'text'", true, "text"],
    ["''", true, ""],
    ["null", true, null],
    ["undefined", true, null],
    ["1.5", true, "1.5"],
    ["true", true, "true"],
    ["10n", true, "10"],
    ["{ ok: true, value: 'x' }", true, "x"],
    ["{ ok: true }", true, null],
    ["{ ok: false, value: 'why' }", false, "why"],
    ["{ ok: false, value: 3 }", false, "3"],
  ];
  for (const [returned, ok, value] of results)
    it(returned, () => expect(run(serviceWith(`return ${returned};`))).to.deep.equal({ ok, value }));

  const refusals: readonly (readonly [returned: string, says: RegExp])[] = [
    ["{ then() {} }", /^execute returned a promise, but a service answers at once$/],
    ["{ value: 'x' }", /^execute returned an object; it may return a text, a number, null or \{ ok, value \}/],
    ["{ ok: 'yes', value: 'x' }", /^execute returned an object/],
    ["{ ok: true, value: {} }", /^execute returned an object/],
    ["[1]", /^execute returned an array/],
    ["() => 1", /^execute returned a function/],
    ["Symbol()", /^execute returned a symbol/],
    ["{ get ok() { for (;;); } }", /^the operation used more than 1,000,000 steps$/],
  ];
  for (const [returned, says] of refusals)
    it(`${returned} is none`, () => {
      const { ok, value } = run(serviceWith(`return ${returned};`));
      expect(ok).to.equal(false);
      expect(value).to.match(says);
    });
});
