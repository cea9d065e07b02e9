import { type Service, succeeded } from "@bft/core";
import { checkHistory } from "@bft/sim";
import { expect } from "chai";
import { BANK, COUNTER, KV } from "./known-histories.js";
import { check, historyFrom, type Line } from "./support.js";

describe("linearizability: known histories", () => {
  for (const [service, cases] of [
    ["kv", KV],
    ["counter", COUNTER],
    ["bank", BANK],
  ] as const)
    for (const [title, expected, lines] of cases)
      it(`${service}: ${title}: ${expected}`, () => {
        expect(check(historyFrom(lines), service).verdict).to.equal(expected);
      });

  it("a read-only request that tried to write was refused, or was ordered after all (§5.1.3)", () => {
    const refusal = "!StoreError: a read-only request can not write; submit it as an ordinary one";
    const readOnly = (text: string, seen: string) =>
      historyFrom([
        [0, 1, 2, text],
        [1, 3, 4, `get x -> ${seen}`],
      ]).map((each, i) => ({ ...each, readOnly: i === 0 }));
    expect(check(readOnly(`set x 1 -> ${refusal}`, "-")).verdict).to.equal("linearizable");
    expect(check(readOnly(`set x 1 -> ${refusal}`, "1")).verdict).to.equal("violated");
    expect(check(readOnly("set x 1 -> ok", "1")).verdict).to.equal("linearizable");
    expect(check(readOnly("set x 1 -> ok", "-")).verdict).to.equal("violated");
  });

  it("a service of one's own is its own specification, even with one of our names", () => {
    const latch: Service = {
      name: "kv",
      usage: "",
      execute: (store, operation) => {
        if (operation === "fail") throw new RangeError("in the engine's own words");
        if (store.get("x") === undefined) store.put("x", operation);
        return succeeded(store.get("x") ?? null);
      },
    };
    const verdict = (...lines: Line[]) => checkHistory(historyFrom(lines), { service: latch, budget: 1000 }).verdict;
    expect(verdict([0, 1, 4, "a -> b"], [1, 2, 3, "b -> b"], [2, 5, 6, "fail -> !RangeError"])).to.equal("linearizable");
    expect(verdict([0, 1, 4, "a -> b"], [1, 2, 3, "b -> a"])).to.equal("violated");
    expect(verdict([0, 1, null, "a"], [1, 2, 3, "b -> a"])).to.equal("linearizable");
  });

  it("a client that uses one id twice, or answers before it asks, is found", () => {
    const [one] = historyFrom([[0, 1, 2, "get x -> -"]]);
    if (one === undefined) throw new Error("one line is one operation");
    expect(check([one, { ...one, invoked: 3, returned: 4 }])).to.include({ verdict: "violated", part: "the history itself" });
    expect(check([{ ...one, returned: 0 }]))
      .to.have.property("explanation")
      .that.includes("returned: 0 is before invoked, 1");
    expect(check([{ ...one, results: [] }]))
      .to.have.property("explanation")
      .that.includes("1 operations have 0 results");
    expect(check([{ ...one, results: null }])).to.include({ verdict: "violated" });
  });
});
