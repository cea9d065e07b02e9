import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { InvariantError, MerkleStore, type Store } from "@bft/core";
import { expect } from "chai";
import { run, serviceOf, serviceWith } from "./support/service.js";

describe("what replicas would disagree on is not available in a service", () => {
  const refusals: readonly (readonly [body: string, says: RegExp])[] = [
    ["return new globalThis.Date().getTime();", /^Date is not available in a service: replicas would disagree$/],
    ["return globalThis.Date.now();", /^Date is not available/],
    ["return globalThis.Date();", /^Date is not available/],
    ["return Math.random();", /^Math\.random is not available in a service: replicas would disagree$/],
    ["const { random } = Math; return random();", /^Math\.random is not/],
    ["return new Intl.Collator().compare('a', 'b');", /^Intl is not/],
    ["return ['b', 'a'].sort((x, y) => x.localeCompare(y));", /^localeCompare is not/],
    ["return (1234.5).toLocaleString();", /^toLocaleString is not/],
    ["return globalThis.Promise.resolve(1);", /^Promise is not available in a service: a service answers at once$/],
    ["return new WeakRef({}).deref();", /^WeakRef is not/],
    ["return new SharedArrayBuffer(1).byteLength;", /^SharedArrayBuffer is not/],
    [
      "return new WebAssembly.Module(new Uint8Array(8));",
      /^WebAssembly is not available in a service: its steps can not be counted$/,
    ],
    ["return Array.fromAsync([1]);", /^fromAsync is not/],
    ["return eval('1');", /^EvalError in the service/],
    ["return new Function('return 1')();", /^EvalError in the service/],
    ["return (() => {}).constructor('return 1')();", /^EvalError in the service/],
  ];
  for (const [body, says] of refusals)
    it(body, () => {
      const { ok, value } = run(serviceWith(body));
      expect(ok).to.equal(false);
      expect(value).to.match(says);
    });

  it("nothing of Node or a browser is there", () => {
    const names = [
      "Iterator",
      "process",
      "fetch",
      "require",
      "setTimeout",
      "Buffer",
      "crypto",
      "performance",
      "structuredClone",
      "module",
    ];
    expect(run(serviceWith(`return [${names.map((name) => `typeof ${name}`)}].join();`)).value).to.equal(
      names.map(() => "undefined").join(),
    );
  });

  it("nor is what a later engine brings", () => {
    setFlagsFromString("--harmony-shadow-realm");
    try {
      expect(runInNewContext("typeof ShadowRealm")).to.equal("function");
      expect(run(serviceWith("return typeof ShadowRealm;")).value).to.equal("undefined");
    } finally {
      setFlagsFromString("--no-harmony-shadow-realm");
    }
  });

  it("an error does not tell where it was thrown from", () => {
    expect(run(serviceWith("return new Error('here').stack;")).value).to.equal("Error: here");
    expect(run(serviceWith("Error.stackTraceLimit = 10; return 1;")).ok).to.equal(false);
  });
});

describe("errors of a service", () => {
  it("its own words are the result", () => {
    expect(run(serviceWith("throw new Error('no such candidate');"))).to.deep.equal({ ok: false, value: "no such candidate" });
    expect(run(serviceWith("throw 'no';")).value).to.equal("no");
    expect(run(serviceWith("class Full extends Error { name = 'Full' } throw new Full('box');")).value).to.equal("Full: box");
  });

  it("the engine's words differ between its versions: its name is the result, the rest is told to the log", () => {
    const told: string[] = [];
    const service = serviceOf("return () => undefined.x;", (message) => told.push(message));
    expect(run(service).value).to.match(/^TypeError in the service; replica\.log/);
    expect(told).to.deep.equal(["TypeError: Cannot read properties of undefined (reading 'x')"]);
  });

  for (const thrown of [
    "null",
    "undefined",
    "{}",
    "{ name: {}, message: 'x' }",
    "{ name: 'x', message: 1 }",
    "{ get name() { throw 1; } }",
  ])
    it(`thrown ${thrown}`, () => {
      const value = "the service threw something that is no error";
      expect(run(serviceWith(`throw ${thrown};`))).to.deep.equal({ ok: false, value });
    });

  it("an error whose message never comes is stopped, too", () => {
    const value = "the operation used more than 1,000,000 steps";
    expect(run(serviceWith("throw { name: 'x', get message() { for (;;); } };"))).to.deep.equal({ ok: false, value });
  });
});

describe("the store as a service sees it", () => {
  it("gets, puts, deletes and scans", () => {
    const store = new MerkleStore();
    const body = `store.put("b", "2"); store.put("a", "1"); store.put("c", "3");
      return JSON.stringify([store.get("a"), store.get("x") ?? null, store.delete("c"), store.delete("c"), store.scan(), store.scan("b"), store.scan("a", "b"), store.scan("a", null, 1)]);`;
    const entry = (key: string, value: string) => [key, value];
    const expected = [
      "1",
      null,
      true,
      false,
      [entry("a", "1"), entry("b", "2")],
      [entry("b", "2")],
      [entry("a", "1")],
      [entry("a", "1")],
    ];
    expect(JSON.parse(run(serviceWith(body), "", store).value ?? "")).to.deep.equal(expected);
    expect(store.get("b")).to.equal("2");
  });

  for (const [call, says] of [
    ["store.get(1)", "a key is a text, not of type number; String(x) makes a text of x"],
    ["store.get()", "a key is a text, not of type undefined; String(x) makes a text of x"],
    ["store.put('x', null)", "a value is a text, not null; String(x) makes a text of x"],
    ["store.put('x', { a: 1 })", "a value is a text, not of type object; String(x) makes a text of x"],
    ["store.scan('a', 'b', -1)", "the limit of a scan is a whole number >= 0"],
    ["store.scan('a', 'b', 0.5)", "the limit of a scan is a whole number >= 0"],
  ] as const)
    it(`${call}: ${says}`, () => expect(run(serviceWith(`return ${call};`))).to.deep.equal({ ok: false, value: says }));

  it("each entry of a scan costs steps", () => {
    const store = new MerkleStore();
    for (let i = 0; i < 10_000; i++) store.put(String(i), "");
    const scans = (count: number) =>
      run(serviceWith(`for (let i = 0; i < ${count}; i++) store.scan(); return "done";`), "", store);
    expect(scans(9).value).to.equal("done");
    expect(scans(10).value).to.equal("the operation used more than 1,000,000 steps");
  });

  it("what the store refuses can be caught", () => {
    const body = "try { store.put('\\ud800', ''); } catch (e) { return [e instanceof Error, e.message].join(); }";
    expect(run(serviceWith(body)).value).to.match(/^true,.*well-formed/);
  });

  it("what it gives are lists of the service's own world, and it can not be changed", () => {
    const body =
      "store.put('a', '1'); try { store.get = 1; } catch { return store.scan() instanceof Array && store.scan()[0] instanceof Array && Object.isFrozen(context); }";
    expect(run(serviceWith(body)).value).to.equal("true");
  });

  it("the context tells client and sequence number", () => {
    expect(run(serviceWith("return JSON.stringify(context);")).value).to.equal('{"client":3,"seq":7}');
  });

  it("a bug of ours in the store is no result, even when the service catches it", () => {
    const broken: Store = Object.assign(new MerkleStore(), {
      get: () => {
        throw new InvariantError("broken");
      },
    });
    expect(() => run(serviceWith("try { store.get('x'); } catch {} return 1;"), "", broken)).to.throw(InvariantError, "broken");
  });
});
