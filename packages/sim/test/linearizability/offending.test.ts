import { type History, type HistoryOperation, Random } from "@bft/sim";
import { expect } from "chai";
import { factsOf } from "../../src/linearizability/facts/index.js";
import { partsOf } from "../../src/linearizability/partition.js";
import { check, historyFrom, kvLoad, type Line, linearizableHistory, serviceNamed } from "./support.js";

function violation(history: History, service = "kv") {
  const verdict = check(history, service);
  if (verdict.verdict !== "violated") throw new Error(`${verdict.verdict}, a violation was expected`);
  return verdict;
}

const texts = (history: History) => history.map(({ operations, results }) => `${operations} -> ${results?.[0]?.value ?? "?"}`);

describe("linearizability: the smallest offending part", () => {
  it("of a stale read among many others: the two writes and the read, in words", () => {
    const noise = linearizableHistory(new Random(3), {
      service: "kv",
      requests: 300,
      clients: 5,
      lost: 0.02,
      operations: kvLoad(5, 0),
    });
    const stale = historyFrom([
      [100, 1000, 1001, "set k1 old -> ok"],
      [100, 1002, 1003, "set k1 new -> ok"],
      [101, 1004, 1005, "get k1 -> old"],
      [101, 1006, 1007, "get k1 -> new"],
    ]);
    const verdict = violation([...noise, ...stale]);
    expect(verdict.part).to.equal("key k1");
    expect(texts(verdict.offending)).to.deep.equal(["set k1 old -> ok", "set k1 new -> ok", "get k1 -> old"]);
    expect(verdict.explanation).to.equal(
      "No order of these 3 requests on key k1 explains every answer, if each took effect between its handing in and its answer. " +
        'The best order is client 100\'s request 0 ("set k1 old"), then client 100\'s request 1 ("set k1 new"); ' +
        'next client 101\'s request 2 ("get k1") had to take effect: it got "old", where "new" would be right.',
    );
  });

  it("a write that was seen stays, though without it the rest would be wrong too", () => {
    const verdict = violation(
      historyFrom([
        [0, 1, 2, "set x 1 -> ok"],
        [1, 3, 4, "get x -> 1"],
        [1, 5, 6, "get x -> -"],
      ]),
    );
    expect(texts(verdict.offending)).to.deep.equal(["set x 1 -> ok", "get x -> ?"]);
    expect(verdict.offending.map(({ id }) => id)).to.deep.equal([0, 2]);
  });

  it("ends with the first answer that can not be explained; who had no answer by then stands without one", () => {
    const lines: Line[] = [
      [0, 1, 9, "set x 1 -> ok"],
      [1, 2, 3, "get x -> 1"],
      [1, 4, 5, "get x -> -"],
      [2, 10, 11, "set x 2 -> ok"],
      [2, 12, 13, "get x -> 1"],
    ];
    const { offending } = violation(historyFrom(lines));
    expect(offending.map(({ id, returned }) => [id, returned])).to.deep.equal([
      [0, null],
      [1, 3],
      [2, 5],
    ]);
  });

  it("of a service that little is known of, what changes nothing is left out", () => {
    const lines: Line[] = [
      [0, 1, 2, "add 1 -> 1"],
      [0, 3, 4, "get -> 1"],
      [0, 3, 4, 'add x -> !counter has no operation "add x"; it knows: get | add <integer>'],
      [0, 5, 6, "add 1 -> 1"],
    ];
    expect(texts(violation(historyFrom(lines), "counter").offending)).to.deep.equal(["add 1 -> 1", "add 1 -> 1"]);
  });
});

describe("linearizability: parts of a history", () => {
  const parts = (service: string, ...requests: readonly string[][]) => {
    const history: HistoryOperation[] = requests.map((operations, id) => {
      return { client: 0, id, operations, readOnly: false, invoked: 1, returned: null, results: null };
    });
    const found = partsOf(history, factsOf(serviceNamed(service)));
    return Object.fromEntries(found.map(({ name, operations }) => [name, operations.map(({ id }) => id)]));
  };

  it("kv by key; requests and scans join keys", () => {
    expect(parts("kv", ["get x"], ["set y 1"], ["del x"])).to.deep.equal({ "key x": [0, 2], "key y": [1] });
    expect(parts("kv", ["get x"], ["set y 1"], ["get y", "get x"], ["get z"])).to.deep.equal({
      "keys x, y": [0, 1, 2],
      "key z": [3],
    });
    expect(parts("kv", ["get aa"], ["get ab"], ["get b"], ["scan a"])).to.deep.equal({
      "keys a, aa, ab": [0, 1, 3],
      "key b": [2],
    });
    expect(parts("kv", ["get aa"], ["get ac"], ["scan ab"])).to.deep.equal({ "key aa": [0], "key ac": [1], "key ab": [2] });
    expect(parts("kv", ["get a"], ["get b"], ["get c"], ["get d"], ["scan "])).to.deep.equal({
      'keys "", a, b and 2 more': [0, 1, 2, 3, 4],
    });
    expect(parts("kv", ["frob"], ["get"], ["get x"])).to.deep.equal({ "key x": [2], "no key": [0, 1] });
  });

  it("bank by accounts, unless somebody asks for the total; counter as one", () => {
    expect(parts("bank", ["balance a"], ["transfer b c 1"])).to.deep.equal({ "key a": [0], "keys b, c": [1] });
    expect(parts("bank", ["balance a"], ["total"])).to.deep.equal({ everything: [0, 1] });
    expect(parts("counter", ["get"], ["add 1"])).to.deep.equal({ everything: [0, 1] });
  });
});
