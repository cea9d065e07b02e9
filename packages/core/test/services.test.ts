import {
  MerkleStore,
  OperationError,
  type OperationResult,
  PrefixStore,
  refused,
  SERVICES,
  type Service,
  succeeded,
} from "@bft/core";
import { expect } from "chai";
import fc from "fast-check";
import { TestCluster } from "./support/cluster.js";

const CONTEXT = { client: 0, seq: 1 } as Parameters<Service["execute"]>[2];
const service = (name: string) => SERVICES.get(name) as Service;

/** Runs operations one after the other on one store and gives the values back, refusals marked. */
function run(name: string, operations: readonly string[], store = new PrefixStore(new MerkleStore(), "s/")): (string | null)[] {
  return operations.map((operation) => {
    const { ok, value } = service(name).execute(store, operation, CONTEXT);
    return ok ? value : `refused: ${value}`;
  });
}

describe("service kv", () => {
  const cases: readonly (readonly [title: string, operations: readonly string[], last: string | null | RegExp])[] = [
    ["a key that is not there has no value", ["get x"], null],
    ["a value is the rest of the line", ["set x a b  c", "get x"], "a b  c"],
    ["an empty value", ["set x ", "get x"], ""],
    ["del says whether it was there", ["set x 1", "del x"], "deleted"],
    ["del of nothing", ["del x"], null],
    ["cas with the right old value", ["set x 1", "cas x 1 2", "get x"], "2"],
    ["cas with a wrong old value changes nothing", ["set x 1", "cas x 3 2", "get x"], "1"],
    ["cas of nothing", ["cas x 1 2"], "no"],
    ["scan lists by prefix, in order", ["set ab 1", "set b 2", "set aa 3", "scan a"], "aa=3\nab=1"],
    ["scan of all", ["set b 2", "set a 1", "scan "], "a=1\nb=2"],
    ["an unknown word", ["frob x"], /^refused: kv has no operation "frob"/],
    ["an empty operation", [""], /^refused/],
    ["set without a value", ["set x"], /^refused: expected "set <key> <value>", got "set x"/],
    ["get of two keys", ["get x y"], /^refused/],
    ["cas with too few words", ["cas x 1"], /^refused/],
    ["scan of two words", ["scan a b"], /^refused/],
  ];
  for (const [title, operations, last] of cases)
    it(title, () => {
      const value = run("kv", operations).at(-1);
      if (last instanceof RegExp) expect(value).to.match(last);
      else expect(value).to.equal(last);
    });

  it("scan returns at most a hundred entries", () => {
    const values = run("kv", [...Array.from({ length: 150 }, (_, i) => `set k${i} 1`), "scan k"]);
    expect(values.at(-1)?.split("\n")).to.have.lengthOf(100);
  });
});

describe("service counter", () => {
  it("adds, and refuses what it can not hold", () => {
    expect(run("counter", ["get", "add 5", "add -2", "get"])).to.deep.equal(["0", "5", "3", "3"]);
    const far = run("counter", [...Array.from({ length: 10 }, () => "add 999999999999999"), "get"]);
    expect(far.at(-2)).to.match(/^refused: .* beyond/);
    expect(Number(far.at(-1))).to.equal(9 * 999_999_999_999_999);
    for (const odd of ["add", "add x", "add 1.5", "add 1234567890123456", "frob"])
      expect(run("counter", [odd])[0]).to.match(/^refused/);
  });
});

describe("service bank", () => {
  it("opens, transfers and sums", () => {
    expect(run("bank", ["open a 10", "open b 0", "transfer a b 4", "balance a", "balance b", "total"])).to.deep.equal([
      "10",
      "0",
      "6",
      "6",
      "4",
      "10",
    ]);
  });

  for (const odd of [
    "open a 1",
    "transfer a b 11",
    "transfer a nobody 1",
    "transfer nobody a 1",
    "balance nobody",
    "transfer a b -1",
    "transfer a b 1.5",
    "open  1",
    "open c x",
    "frob",
  ])
    it(`refuses "${odd}" and changes nothing`, () => {
      const store = new PrefixStore(new MerkleStore(), "s/");
      run("bank", ["open a 10", "open b 0"], store);
      const before = store.scan("", null, 9);
      expect(run("bank", [odd], store)[0]).to.match(/^refused/);
      expect(store.scan("", null, 9)).to.deep.equal(before);
    });

  it("no sequence of transfers changes the total, or makes a balance negative", () => {
    const account = fc.constantFrom("a", "b", "c");
    const transfer = fc.tuple(account, account, fc.nat(30)).map(([from, to, amount]) => `transfer ${from} ${to} ${amount}`);
    fc.assert(
      fc.property(fc.array(transfer, { maxLength: 60 }), (transfers) => {
        const store = new PrefixStore(new MerkleStore(), "s/");
        run("bank", ["open a 10", "open b 20", "open c 30", ...transfers], store);
        expect(run("bank", ["total"], store)).to.deep.equal(["60"]);
        for (const [, balance] of store.scan("", null, 9)) expect(Number(balance)).to.be.at.least(0);
      }),
    );
  });
});

describe("a service's mistakes are results, and leave no trace", () => {
  /** Writes first, so that a trace would show. */
  const faulty = (fail: () => unknown): Service => ({
    name: "faulty",
    usage: "",
    execute: (store, operation) => {
      if (operation === "look") return succeeded(store.get("trace") ?? "no trace");
      store.put("trace", "left");
      return fail() as OperationResult;
    },
  });

  const mistakes: readonly (readonly [title: string, fail: () => unknown, value: RegExp])[] = [
    [
      "an error of its own",
      () => fail(Object.assign(new Error("out of stock"), { name: "ShopError" })),
      /^ShopError: out of stock$/,
    ],
    ["a long error", () => fail(Object.assign(new Error("x".repeat(1000)), { name: "ShopError" })), /^ShopError: x{50,}$/],
    ["an error with a lone surrogate", () => fail(new Error("a\ud800b")), /^(Error: a.b|the service failed)$/],
    ["a thrown text", () => fail("why"), /^the service failed$/],
    ["a thrown null", () => fail(null), /^the service failed$/],
    [
      "an engine's error: only its name, for the words differ between versions",
      () => (null as unknown as { x(): void }).x(),
      /^TypeError$/,
    ],
    ["a result that is too long", () => succeeded("x".repeat(300_000)), /^the result takes \d+ bytes/],
    ["a result with a lone surrogate", () => succeeded("a\ud800"), /not well-formed/],
    ["a result that begins with a byte order mark", () => succeeded("\uFEFFa"), /byte order mark/],
    ["a number as value", () => ({ ok: true, value: 5 }), /no result/],
    ["undefined as value", () => ({ ok: true }), /no result/],
    ["nothing at all", () => undefined, /^TypeError$/],
  ];
  for (const [title, make, value] of mistakes)
    it(title, () => {
      const cluster = new TestCluster({ service: faulty(make) });
      const { results } = cluster.ask(["write", "look"]);
      expect(results[0]?.ok).to.equal(false);
      expect(results[0]?.value).to.match(value);
      expect(results[1]).to.deep.equal(succeeded("no trace"));
    });

  it("ok is a boolean, whatever the service made of it", () => {
    for (const [ok, expected] of [
      ["yes", false],
      [1, false],
      [true, true],
    ] as const) {
      const cluster = new TestCluster({ service: faulty(() => ({ ok, value: "v" })) });
      expect(cluster.ask("x").results).to.deep.equal([{ ok: expected, value: "v" }]);
    }
  });

  it("the results of one request share one bound, the first come first", () => {
    const cluster = new TestCluster({ service: faulty(() => succeeded("x".repeat(100_000))) });
    const { results } = cluster.ask(["a", "b", "c", "d"]);
    expect(results.map(({ ok }) => ok)).to.deep.equal([true, true, false, false]);
  });

  it("a refusal by the service leaves no trace either", () => {
    const cluster = new TestCluster({ service: faulty(() => refused("no")) });
    expect(cluster.ask(["write", "look"]).results.map(({ value }) => value)).to.deep.equal(["no", "no trace"]);
  });

  it("an OperationError speaks in its own words", () => {
    const cluster = new TestCluster({ service: faulty(() => fail(new OperationError("the shop is closed"))) });
    expect(cluster.ask("write").results).to.deep.equal([{ ok: false, value: "the shop is closed" }]);
  });
});

function fail(error: unknown): never {
  throw error as Error;
}
