// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code.
import { MerkleStore } from "@bft/core";
import { expect } from "chai";
import { run, serviceOf, serviceWith } from "./support/service.js";

const TOO_LONG = { ok: false, value: "the operation used more than 1,000,000 steps" };
const TOO_DEEP = { ok: false, value: "the operation made more than 1,000 calls inside each other" };

/** Ends with a result that tells whether the service got past what should have stopped it. */
function outcomeOf(body: string) {
  return run(serviceWith(`${body}\nreturn "went on";`));
}

describe("an operation that does not end is stopped", () => {
  const endless: readonly (readonly [title: string, body: string])[] = [
    ["while", "while (true) {}"],
    ["while without a block", "while (true);"],
    ["while behind an if, before its else", "if (store) while (true) 1; else 2;"],
    ["do", "do {} while (true);"],
    ["do without a block", "do 1; while (true)"],
    ["for", "for (;;) {}"],
    ["for without a block", "for (;;);"],
    ["for of an endless iterator", "for (const x of { [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) });"],
    ["for of a huge text", "for (const c of 'x'.repeat(2_000_000));"],
    ["for in a huge text", "for (const i in 'x'.repeat(2_000_000));"],
    ["a labelled loop that continues outside", "outer: for (;;) for (const x of [1]) continue outer;"],
    ["for in within while", "while (true) for (const key in { a: 1 }) key;"],
    ["a loop in a generator", "const g = function* () { while (true) yield; }; for (const x of g());"],
    ["a generator that is spread", "const g = function* () { while (true) yield; }; [...g()];"],
    ["a loop in an arrow function", "(() => { for (;;); })();"],
    ["a loop in a method", "({ m() { for (;;); } }).m();"],
    ["a loop in a getter", "({ get g() { for (;;); } }).g;"],
    ["a loop in a setter", "({ set s(x) { for (;;); } }).s = 1;"],
    ["a loop in a constructor", "new (class { constructor() { for (;;); } })();"],
    ["a loop in a static block", "class C { static { for (;;); } }"],
    ["a loop in a default value", "((x = (() => { for (;;); })()) => x)();"],
    ["a loop in a nested function", "function a() { function b() { for (;;); } b(); } a();"],
    ["a loop in toString", "`${{ toString() { for (;;); } }}`;"],
    ["a loop in a proxy", "new Proxy({}, { get() { for (;;); } }).x;"],
    ["a sort that compares for ever", "[2, 1].sort(() => { for (;;); });"],
    ["a list that doubles", "let list = [1]; for (;;) list = list.concat(list);"],
    ["a list that doubles by spreading", "let list = [1]; for (;;) list = [...list, ...list];"],
    ["a list of four thousand million", "Array.from({ length: 2 ** 32 - 1 });"],
    ["a callback for four thousand million holes", "new Array(2 ** 32 - 1).forEach(() => {});"],
    ["a huge text that is taken apart", "'x'.repeat(2 ** 28).split('');"],
    ["calls of the store", "for (let i = 0; i < 20_000; i++) store.get('x');"],
  ];
  for (const [title, body] of endless) it(title, () => expect(outcomeOf(body)).to.deep.equal(TOO_LONG));

  it("a regular expression that backtracks without end gives its answer all the same", () => {
    expect(outcomeOf("return String(/^(a+)+$/.test('a'.repeat(40) + 'b'));")).to.deep.equal({ ok: true, value: "false" });
  });
});

describe("calls inside each other are limited", () => {
  const deep: readonly (readonly [title: string, body: string])[] = [
    ["a function", "function f() { return f() + 1; } f();"],
    ["two functions", "function f() { return g(); } function g() { return f(); } f();"],
    ["an arrow function with an expression", "const f = (n) => f(n + 1); f(0);"],
    ["a method", "({ m() { return this.m(); } }).m();"],
    ["a getter", "({ get g() { return this.g; } }).g;"],
    ["a constructor", "class C { constructor() { new C(); } } new C();"],
    ["a derived constructor", "class A {} class B extends A { constructor() { super(); new B(); } } new B();"],
    ["through a built-in function", "const f = (n) => [n].map(f); f(0);"],
    ["through toString", "const o = { toString() { return `${o}`; } }; `${o}`;"],
    ["a generator that delegates to itself", "const g = function* () { yield* g(); }; [...g()];"],
    ["a default value, where the engine's own limit comes first", "function f(x = f()) { return x; } f();"],
    ["a class field, where the engine's own limit comes first", "class C { c = new C(); } new C();"],
    ["the engine's own limit, caught", "function f(x = f()) { return x; } try { f(); } catch (e) { return e.name; }"],
    [
      "the engine's own limit, caught without a name",
      "function f(x = f()) { return x; } try { f(); } catch { return 'caught'; }",
    ],
  ];
  for (const [title, body] of deep) it(title, () => expect(outcomeOf(body)).to.deep.equal(TOO_DEEP));

  /** Each calls itself `n` levels deep; with two calls at each level it makes 2 ** n calls. */
  const kinds: readonly (readonly [title: string, f: string])[] = [
    ["a function", "function f(n) { BODY }"],
    ["a function expression", "const f = function (n) { BODY };"],
    ["an arrow function with a block", "const f = (n) => { BODY };"],
    ["an arrow function with an expression", "const f = (n) => (n > 0 ? CALLS : 0);"],
    ["a method", "const o = { m(n) { BODY } }; const f = (n) => o.m(n);"],
    ["a private method", "class C { #m(n) { BODY } m(n) { return this.#m(n); } } const f = (n) => new C().m(n);"],
    [
      "a getter",
      "let level = 0; const o = { get g() { const n = level--; try { BODY } finally { level++; } } }; const f = (n) => { level = n; return o.g; };",
    ],
    ["a constructor", "class C { constructor(n) { BODY } } const f = (n) => new C(n);"],
    ["a generator", "const g = function* (n) { BODY }; const f = (n) => [...g(n)];"],
  ];
  for (const [title, f] of kinds) {
    const calling = (calls: string) => f.replace("BODY", `if (n > 0) ${calls};`).replace("CALLS", calls);
    it(`${title}: more of them than are allowed, and fewer than the engine bears`, () => {
      expect(outcomeOf(`${calling("f(n - 1)")} f(${title === "a generator" ? 600 : 1100});`)).to.deep.equal(TOO_DEEP);
    });
    it(`${title}: each call is a step`, () => {
      expect(outcomeOf(`${calling("(f(n - 1), f(n - 1))")} f(22);`)).to.deep.equal(TOO_LONG);
    });
  }

  it("990 of them are allowed, also through built-in functions and with many variables", () => {
    const names = Array.from({ length: 60 }, (_, i) => `v${i}`);
    const variables = `let ${names.map((name) => `${name} = n`).join(", ")};`;
    const used = `if (n < 0) return [${names.join(", ")}];`;
    expect(
      outcomeOf(`const f = (n) => { ${variables} ${used} return n === 0 ? 0 : 1 + f(n - 1); }; return f(990);`).value,
    ).to.equal("990");
    expect(
      outcomeOf(`const f = (n) => { ${variables} ${used} return n < 2 ? 0 : [1].map(() => f(n - 2))[0]; }; return f(990);`).value,
    ).to.equal("0");
  });

  it("a generator that is left before its end does not count for ever", () => {
    const body =
      "const g = function* () { yield 1; }; for (let i = 0; i < 5000; i++) g().next(); const f = (n) => n === 0 ? 'ok' : f(n - 1); return f(900);";
    expect(outcomeOf(body).value).to.equal("ok");
  });

  it("nor does what was thrown through many levels", () => {
    const body =
      "const f = (n) => { if (n === 0) throw new Error('up'); f(n - 1); }; for (let i = 0; i < 20; i++) try { f(900); } catch {} return 'ok';";
    expect(outcomeOf(body).value).to.equal("ok");
  });
});

describe("a service can not go on after it was stopped", () => {
  const swallowed: readonly (readonly [title: string, body: string])[] = [
    ["catch", "try { for (;;); } catch (e) {}"],
    ["catch without a name", "try { for (;;); } catch {}"],
    ["catch with a pattern", "try { for (;;); } catch ({ message }) {}"],
    ["catch in a loop", "for (;;) try { for (;;); } catch (e) {}"],
    ["finally that returns", "const f = () => { try { for (;;); } finally { return 1; } }; return f();"],
    ["finally that breaks", "do { try { for (;;); } finally { break; } } while (false);"],
    ["a callback's error, swallowed by its caller", "try { [1].forEach(() => { for (;;); }); } catch {}"],
  ];
  for (const [title, body] of swallowed) it(title, () => expect(outcomeOf(body)).to.deep.equal(TOO_LONG));

  for (const [title, why] of [
    ["for (;;);", "steps"],
    ["(function f() { f(); })();", "calls"],
    ["[...(function* g() { yield* g(); })()];", "calls"],
  ] as const)
    it(`after ${title} it does not come to write either`, () => {
      const store = new MerkleStore();
      const { value } = run(serviceWith(`try { ${title} } catch {} store.put("went", "on");`), "", store);
      expect(value).to.include(why);
      expect(store.size).to.equal(0);
    });

  it("the next operation starts with all its steps", () => {
    const service = serviceWith("if (operation === 'spin') for (;;); let i = 0; while (i < 900_000) i++; return i;");
    expect(run(service, "spin")).to.deep.equal(TOO_LONG);
    expect(run(service, "count").value).to.equal("900000");
  });

  it("the limit is at the same step when the code is cold and when the engine has compiled it", () => {
    const count = "let i = 0; while (i < Number(operation)) i++; return i;";
    const warm = serviceWith(count);
    let allowed = 0;
    for (let bit = 2 ** 20; bit >= 1; bit /= 2) if (run(warm, String(allowed + bit)).ok) allowed += bit;
    expect(allowed).to.be.within(999_900, 1_000_000);
    expect(run(serviceWith(count), String(allowed)).ok).to.equal(true);
    expect(run(serviceWith(count), String(allowed + 1))).to.deep.equal(TOO_LONG);
  });
});

describe("metering does not change what a program means", () => {
  const programs: readonly (readonly [title: string, body: string])[] = [
    [
      "labels, break and continue",
      "let s = ''; a: for (let i = 0; i < 4; i++) { for (let j = 0; ; j++) { if (j > i) continue a; if (i === 3) break a; s += j; } } return s;",
    ],
    [
      "unbraced loops and else",
      "let n = 0; if (n > 0) while (n < 3) n++; else for (const x of [1, 2]) n += x; do n++; while (n < 9) return n;",
    ],
    ["an unbraced loop that ends with an arrow function", "let f; for (const x of [1, 2]) f = () => x\nreturn f();"],
    ["closures of a loop", "const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); return fs.map((f) => f()).join();"],
    [
      "arrow functions that return objects and arrow functions",
      "const f = (a) => (b) => ({ a, b, c: [a, b] }); return JSON.stringify(f(1)(2));",
    ],
    ["an arrow function with a comma and parentheses", "const f = (a) => (a, 2); return [f(1), ((x) => x)(3)].join();"],
    [
      "values of a generator, in both directions",
      "function* g() { const x = yield 1; try { yield x * 2; } finally { yield 9; } } const i = g(); return JSON.stringify([i.next(), i.next(4), i.return(5), i.next()]);",
    ],
    ["delegation", "function* a() { yield 1; return 2; } function* b() { yield yield* a(); } return [...b()].join();"],
    [
      "catch with name, pattern and nothing",
      "const r = []; try { throw { m: 1 }; } catch (e) { r.push(e.m); } try { throw { m: 2 }; } catch ({ m }) { r.push(m); } try { throw 3; } catch { r.push(3); } return r.join();",
    ],
    [
      "finally after return",
      "const r = []; const f = () => { try { return r.push('a'); } finally { r.push('b'); } }; f(); return r.join();",
    ],
    [
      "classes",
      "class A { #x = 1; static s = 5; get x() { return this.#x; } set x(v) { this.#x = v; } } class B extends A { constructor() { super(); this.x = 3; } m() { return super.x + B.s; } } return new B().m();",
    ],
    [
      "spread in calls, lists, objects and new",
      "const f = (...xs) => xs.length; return [f(...[1, 2], ...'abc'), [...new Set([1, 1])], { ...{ a: 1 } }.a, new Array(...[1, 2]).length].join();",
    ],
    [
      "arguments, this and new.target",
      "function F() { return [arguments.length, this === undefined, new.target === undefined].join(); } return F(1, 2);",
    ],
    ["empty functions and blocks", "const f = () => {}; function g() {} for (const x of [1]) {} return [f(), g()].length;"],
    ["functions that are used before they stand", "return f(); function f() { return g(); function g() { return 7; } }"],
    [
      "a tagged template, optional calls, destructuring",
      "const t = (s, ...v) => s.raw.join('|') + v; const { a: [b] = [4] } = {}; return t`x${1}y` + (undefined)?.() + b;",
    ],
    [
      "sorting, searching and matching",
      "return [[3, 1, 2].sort().join(), [1, 2].includes(2), 'a-b'.split('-'), 'aXbX'.replace(/x/gi, (m) => m + m), [..['a1', 'b2'].join().matchAll(/\\d/g)].length].join(';');".replace(
        "[..[",
        "[...[",
      ),
    ],
  ];
  for (const [title, body] of programs)
    it(title, () => {
      // The same program without the meter, in this very process.
      const expected = String(new Function(`"use strict"; ${body}`)());
      expect(run(serviceWith(body))).to.deep.equal({ ok: true, value: expected });
    });
});

describe("no state but the store", () => {
  it("variables of the module are new for each operation", () => {
    const service = serviceOf("let count = 0; return () => ++count;");
    expect([run(service).value, run(service).value]).to.deep.equal(["1", "1"]);
  });

  for (const [title, body] of [
    ["a global", "globalThis.kept = 1;"],
    ["a global without a declaration", "kept = 1;"],
    ["a property of a prototype", "Array.prototype.kept = 1;"],
    ["a property of a built-in object", "Math.kept = 1;"],
  ] as const)
    it(`${title} can not be made`, () => expect(outcomeOf(body).ok).to.equal(false));
});
