import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { inProject } from "../support/project.js";

const bundle = inProject("packages", "cli", "bundle");
/** How the parser names itself in its own messages, which no minifier changes. */
const PARSER = "Assigning to rvalue";

/** The files that a file loads, itself included: at once, or also later when it calls `import()`. */
function loadedBy(file: string, later: boolean, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  const pattern = later ? /(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"/g : /(?:\bfrom|\bimport)\s*"(\.[^"]+)"/g;
  for (const [, name = ""] of readFileSync(file, "utf8").matchAll(pattern))
    loadedBy(path.resolve(path.dirname(file), name), later, seen);
  return seen;
}

function holdsBundler(files: ReadonlySet<string>): boolean {
  return [...files].some((file) => {
    const text = readFileSync(file, "utf8");
    return /\bfrom\s*"esbuild"/.test(text) || text.includes(PARSER);
  });
}

describe("only bft up with a service of one's own waits for bundler and parser", () => {
  const commands = readdirSync(path.join(bundle, "commands"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".js"),
  );

  for (const file of ["main.js", "replica-main.js", ...commands.map((command) => `commands/${command}`)])
    it(`${file} does not load them at its start`, () => {
      expect(holdsBundler(loadedBy(path.join(bundle, file), false))).to.equal(false);
    });

  it("they would be found: commands/up.js has them for later", () => {
    expect(holdsBundler(loadedBy(path.join(bundle, "commands", "up.js"), true))).to.equal(true);
  });
});
