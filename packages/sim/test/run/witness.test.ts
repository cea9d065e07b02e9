import { type ClientId, type ExecutedRequest, SERVICES, type Service, type Timestamp } from "@bft/core";
import { checkHistory, type History, STEPS_MAX } from "@bft/sim";
import { expect } from "chai";
import { explains } from "../../src/run/witness.js";

const kv = SERVICES.get("kv") as Service;

/** `client/id operation -> result @ invoked-returned`; a result of `?` is none, `.` no value. */
function history(...lines: readonly string[]): History {
  return lines.map((line) => {
    const [, client, id, operation = "", value, invoked, returned] =
      /^(\d+)\/(\d+) (.+) -> (\S+) @ (\d+)-(\d+)$/.exec(line) ?? expect.fail(line);
    return {
      client: Number(client),
      id: Number(id),
      operations: [operation],
      readOnly: operation.startsWith("get"),
      invoked: Number(invoked),
      returned: value === "?" ? null : Number(returned),
      results: value === "?" ? null : [{ ok: true, value: value === "." ? null : (value ?? "") }],
    };
  });
}

/** `client/id operation`, in the order of execution. */
function executed(...lines: readonly string[]): ExecutedRequest[] {
  return lines.map((line) => {
    const [, client, id, operation = ""] = /^(\d+)\/(\d+) (.+)$/.exec(line) ?? expect.fail(line);
    return { client: Number(client) as ClientId, timestamp: Number(id) as Timestamp, operations: [operation], results: [] };
  });
}

const WRITES = ["0/1 set x 1", "1/1 set x 2"];

describe("the order of execution as a proof that a history is linearizable", () => {
  const cases: readonly [string, readonly string[], History, boolean][] = [
    ["an empty one", [], [], true],
    ["writes one after the other", WRITES, history("0/1 set x 1 -> ok @ 1-2", "1/1 set x 2 -> ok @ 3-4"), true],
    ["writes at one time, in either order", WRITES, history("0/1 set x 1 -> ok @ 1-9", "1/1 set x 2 -> ok @ 2-3"), true],
    [
      "the second was answered before the first was asked",
      WRITES,
      history("0/1 set x 1 -> ok @ 5-6", "1/1 set x 2 -> ok @ 1-2"),
      false,
    ],
    ["another result than the order gives", WRITES, history("0/1 set x 1 -> no @ 1-2", "1/1 set x 2 -> ok @ 3-4"), false],
    ["a write without an answer that was executed", WRITES, history("0/1 set x 1 -> ? @ 1-0", "1/1 set x 2 -> ok @ 3-4"), true],
    [
      "a read between the two, not ordered",
      WRITES,
      history("0/1 set x 1 -> ok @ 1-2", "1/1 set x 2 -> ok @ 3-9", "2/1 get x -> 1 @ 4-5"),
      true,
    ],
    [
      "a read of what came after its end",
      WRITES,
      history("0/1 set x 1 -> ok @ 1-2", "2/1 get x -> 2 @ 3-4", "1/1 set x 2 -> ok @ 5-6"),
      false,
    ],
    [
      "a read of what was overwritten before its begin",
      WRITES,
      history("0/1 set x 1 -> ok @ 1-2", "1/1 set x 2 -> ok @ 3-4", "2/1 get x -> 1 @ 5-6"),
      false,
    ],
    ["a read of nothing, after an answered write", WRITES, history("0/1 set x 1 -> ok @ 1-2", "2/1 get x -> . @ 3-4"), false],
    [
      "two reads that go back",
      WRITES,
      history("0/1 set x 1 -> ok @ 1-9", "1/1 set x 2 -> ok @ 1-9", "2/1 get x -> 2 @ 2-3", "2/2 get x -> 1 @ 4-5"),
      false,
    ],
    ["an answered write that nobody executed", ["1/1 set x 2"], history("0/1 set x 1 -> ok @ 1-2"), false],
  ];
  for (const [title, order, told, holds] of cases)
    it(`${title}: ${holds ? "a proof" : "none"}`, () => {
      expect(explains(executed(...order), told, kv)).to.equal(holds);
      // What it proves the search finds as well.
      if (holds) expect(checkHistory(told, { service: kv, budget: STEPS_MAX }).verdict).to.equal("linearizable");
    });
});
