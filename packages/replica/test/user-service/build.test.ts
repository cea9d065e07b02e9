// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code.
import { ClusterError } from "@bft/replica";
import { expect } from "chai";
import { build } from "../../src/user-service/build.js";
import { UserService } from "../../src/user-service/user-service.js";
import { Folder } from "./support/folder.js";
import { run } from "./support/service.js";

const GOOD = "export default (store, operation) => operation;";

describe("a module becomes a service", () => {
  let folder: Folder;

  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => folder.remove());

  async function serviceIn(name: string): Promise<UserService> {
    const { code, name: defaultName } = await build(folder.file(name));
    return new UserService({ code, defaultName });
  }

  /** The sentence with which the module is refused, its folder left out. */
  async function refusalOf(name: string): Promise<string> {
    try {
      await build(folder.file(name));
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      expect(error.code).to.equal("bad-service");
      expect(error.message).to.not.include("\n");
      return error.message.replaceAll(`${folder.path}/`, "");
    }
    throw new Error("it was not refused");
  }

  const shapes: readonly (readonly [title: string, file: string, source: string])[] = [
    ["a function", "mine.js", GOOD],
    ["a named function", "mine.mjs", "export default function echo(store, operation) { return operation; }"],
    ["an object", "mine.js", "export default { execute(store, operation) { return operation; } };"],
    ["an object that uses itself", "mine.js", "export default { execute(s, o) { return this.f(o); }, f: (o) => o };"],
    ["TypeScript", "mine.ts", "export default (store: unknown, operation: string): string => operation;"],
    ["named exports", "mine.js", "export function execute(store, operation) { return operation; }"],
    ["CommonJS", "mine.cjs", "module.exports = { execute: (store, operation) => operation };"],
  ];
  for (const [title, file, source] of shapes)
    it(title, async () => {
      folder.write(file, source);
      const service = await serviceIn(file);
      expect(service.name).to.equal("mine");
      expect(run(service, "hello").value).to.equal("hello");
    });

  it("takes name and usage from the module", async () => {
    folder.write("mine.js", "export default { name: 'My votes', usage: 'vote <name>', execute: () => null };");
    expect(await build(folder.file("mine.js"))).to.include({ name: "My votes", usage: "vote <name>" });
  });

  it("takes what it imports with it, and names all files with their digests", async () => {
    folder.write("lib/words.ts", "export const shout = (text: string) => `${text.toUpperCase()}!`;");
    folder.write("names.json", '{ "greeting": "Hello" }');
    folder.write(
      "mine.js",
      'import { shout } from "./lib/words";\nimport names from "./names.json";\nexport default (s, o) => shout(`${names.greeting} ${o}`);',
    );
    expect(run(await serviceIn("mine.js"), "Ann").value).to.equal("HELLO ANN!");
    const { sources } = await build(folder.file("mine.js"));
    expect(sources.map(({ path }) => path)).to.have.members(
      ["mine.js", "lib/words.ts", "names.json"].map((name) => folder.file(name)),
    );
    expect(sources[0]?.path).to.equal(folder.file("mine.js"));
    for (const { digest } of sources) expect(digest).to.match(/^[0-9a-f]{64}$/);
  });

  it("gives the same code wherever it stands", async () => {
    folder.write("a/mine.js", GOOD);
    folder.write("b/mine.js", GOOD);
    expect((await build(folder.file("a/mine.js"))).code).to.equal((await build(folder.file("b/mine.js"))).code);
  });

  it("a name that only looks like a forbidden one is allowed, and asking for it", async () => {
    folder.write(
      "mine.js",
      "export default (Date) => { const process = { fetch: 1 }; return [typeof setTimeout, process.fetch].join(); };",
    );
    expect(run(await serviceIn("mine.js")).value).to.equal("undefined,1");
  });

  it("a library may have what it does not use here; what it uses is refused when it does", async () => {
    folder.write("node_modules/lib/package.json", '{ "name": "lib", "version": "1.0.0", "main": "entry.js" }');
    folder.write("node_modules/lib/entry.js", "exports.now = () => Date.now(); exports.two = 2;");
    folder.write("mine.js", 'import { now, two } from "lib";\nexport default (s, o) => (o === "now" ? now() : two);');
    const service = await serviceIn("mine.js");
    expect(run(service, "two").value).to.equal("2");
    expect(run(service, "now")).to.deep.equal({
      ok: false,
      value: "Date is not available in a service: replicas would disagree",
    });
  });

  it("nor may a library have what would run after the operation, unless the bundler finds that nobody uses it", async () => {
    folder.write("node_modules/lib/package.json", '{ "name": "lib", "version": "1.0.0", "module": "index.js" }');
    folder.write("node_modules/lib/index.js", "export async function later() {}\nexport const two = 2;");
    folder.write("mine.js", 'import { two } from "lib";\nexport default () => two;');
    expect(run(await serviceIn("mine.js")).value).to.equal("2");
    folder.write("mine.js", 'import { later, two } from "lib";\nexport default (s, o) => (o ? later() : two);');
    expect(await refusalOf("mine.js")).to.match(/^node_modules\/lib\/index\.js:1:\d+: async is not available/);
  });

  it("a variable that is called like the meter is no trouble", async () => {
    folder.write("mine.js", "export default (s, o) => { const $meter = o; return $meter; };");
    expect(run(await serviceIn("mine.js"), "x").value).to.equal("x");
  });

  const refusals: readonly (readonly [title: string, source: string, says: RegExp])[] = [
    ["a mistake in the syntax", "export default {\n  execute(store) { return 1 +; }\n};", /^mine\.js:2:30: Unexpected ";"$/],
    [
      "an import that is not there",
      'import "./gone.js";\nexport default () => 1;',
      /^mine\.js:1:8: Could not resolve "\.\/gone\.js"$/,
    ],
    [
      "no default export",
      "export const x = 1;",
      /^mine\.js has no default export; write: export default \(store, operation, context\) => …$/,
    ],
    ["an empty file", "", /^mine\.js has no default export; write: /],
    [
      "an object without execute",
      "export default { run() {} };",
      /^mine\.js has a default export without a function execute; write: /,
    ],
    ["a default export that is a text", "export default 'kv';", /^mine\.js has no default export; write: /],
    [
      "a name that is none",
      "export default { name: '\\n', execute() {} };",
      /^mine\.js has a name that is none: up to 40 letters/,
    ],
    ["a usage that is none", "export default { usage: 1, execute() {} };", /^mine\.js has a usage that is no text/],
    [
      "a module that throws",
      "throw new Error('not today');\nexport default () => 1;",
      /^mine\.js fails when it is loaded: not today$/,
    ],
    [
      "a module that does not end",
      "for (;;);\nexport default () => 1;",
      /^mine\.js fails when it is loaded: the operation used more than 1,000,000 steps$/,
    ],
    [
      "Date",
      "export default () =>\n  Date.now();",
      /^mine\.js:2:3: Date is not available in a service: replicas would disagree$/,
    ],
    [
      "Math.random",
      "export default () => Math.random();",
      /^mine\.js:1:22: Math\.random is not available in a service: replicas would disagree$/,
    ],
    [
      "a timer",
      "export default () => setTimeout(() => {}, 1);",
      /^mine\.js:1:22: setTimeout is not available in a service: a service answers at once$/,
    ],
    [
      "process",
      "export default () => process.env.HOME;",
      /^mine\.js:1:22: process is not available in a service: a service has the language and its store, and nothing of the machine$/,
    ],
    ["fetch", "export default () => fetch('x');", /^mine\.js:1:22: fetch is not/],
    ["crypto", "export default () => crypto.randomUUID();", /^mine\.js:1:22: crypto is not .*: replicas would disagree$/],
    ["performance", "export default () => performance.now();", /^mine\.js:1:22: performance is not/],
    [
      "async",
      "export default async () => 1;",
      /^mine\.js:1:\d+: async is not available in a service: a service answers at once$/,
    ],
    ["an async method", "export default { async execute() {} };", /^mine\.js:1:\d+: async is not/],
    [
      "await",
      "const x = await 1;\nexport default () => x;",
      /^mine\.js:1:\d+: await is not available in a service: a service answers at once$/,
    ],
    ["import()", "export default (s, o) => import(o);", /^mine\.js:1:\d+: import\(\) is not available in a service/],
    [
      "eval",
      "export default (s, o) => eval(o);",
      /^mine\.js:1:26: eval is not available in a service: its steps can not be counted$/,
    ],
    [
      "a module of Node",
      'import { readFileSync } from "node:fs";\nexport default () => readFileSync("x");',
      /^mine\.js:1:\d+: node:fs is not available in a service: .* nothing of the machine$/,
    ],
    [
      "a module of Node by its old name",
      'import fs from "fs";\nexport default () => fs;',
      /^mine\.js:1:\d+: fs is not available in a service/,
    ],
    [
      "a package that is not installed",
      'import x from "no-such-package";\nexport default () => x;',
      /^mine\.js:1:\d+: Could not resolve "no-such-package"$/,
    ],
  ];
  for (const [title, source, says] of refusals)
    it(`refuses: ${title}`, async () => {
      folder.write("mine.js", source);
      expect(await refusalOf("mine.js")).to.match(says);
    });

  it("refuses: a mistake in a file that it imports, at its place", async () => {
    folder.write("clock.ts", "interface Clock { now: number }\n\nexport const clock = (): Clock => ({ now: Date.now() });\n");
    folder.write("mine.js", 'import { clock } from "./clock";\nexport default () => clock().now;');
    expect(await refusalOf("mine.js")).to.match(/^clock\.ts:3:43: Date is not available/);
  });

  it("refuses: a file that is not there, a folder", async () => {
    expect(await refusalOf("gone.js")).to.equal("there is no file gone.js; name the module of a service");
    folder.write("folder/x.js", GOOD);
    expect(await refusalOf("folder")).to.match(/^there is no file folder/);
  });
});
