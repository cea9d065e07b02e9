import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Lab } from "../support/lab.js";
import { inProject } from "../support/project.js";

/** A block of the document between ``` and ```, and what kind it is. */
interface Block {
  readonly kind: string;
  readonly text: string;
  /** Title of the section in which it stands. */
  readonly section: string;
}

interface Told {
  readonly line: string;
  /** As the document says: `# exit code 1` at the end of the line, 0 when it says nothing. */
  readonly expected: number;
  readonly words: readonly string[];
}

const FILE = inProject("docs", "lecture.md");

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let section = "";
  let open: { readonly kind: string; readonly lines: string[] } | null = null;
  for (const line of text.split("\n")) {
    const fence = /^```(\w*)$/.exec(line);
    if (fence !== null && open === null) open = { kind: fence[1] ?? "", lines: [] };
    else if (fence !== null && open !== null) {
      blocks.push({ kind: open.kind, text: open.lines.join("\n"), section });
      open = null;
    } else if (open !== null) open.lines.push(line);
    else section = /^## (.*)$/.exec(line)?.[1] ?? section;
  }
  if (open !== null) throw new Error(`a block in "${section}" does not end`);
  return blocks;
}

function commandOf(line: string): Told {
  const [command = "", comment = ""] = line.split(/\s+#\s*/);
  const said = /^exit code (\d+)$/.exec(comment)?.[1];
  if (comment !== "" && said === undefined) throw new Error(`a comment that says no exit code: ${line}`);
  const [bft, ...words] = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  if (bft !== "bft") throw new Error(`not a command of bft: ${line}`);
  return { line, expected: Number(said ?? 0), words };
}

/** How the text is broken into lines is not what matters. */
function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

const blocks = blocksOf(readFileSync(FILE, "utf8"));

describe("docs/lecture.md", function () {
  this.timeout(120_000);
  let lab: Lab;

  // The sections follow one another in one folder, as they do for a reader.
  before(async () => {
    lab = await Lab.open();
  });
  after(() => lab.close());

  for (const section of new Set(blocks.map((block) => block.section)))
    it(`${section}: its commands end as it says and show what it says`, async () => {
      let output = "";
      for (const block of blocks.filter((each) => each.section === section)) {
        switch (block.kind) {
          case "yaml":
            writeFileSync(join(lab.dir, `${/^name: (\S+)$/m.exec(block.text)?.[1]}.yaml`), block.text);
            break;
          case "sh":
            output = await runAll(block.text);
            break;
          case "text":
            for (const line of block.text.split("\n")) expect(squeezed(output)).to.include(squeezed(line));
            break;
          default:
            throw new Error(`a block of an unknown kind: "${block.kind}"`);
        }
      }
    });

  /** @returns what the commands of a block printed, one after the other */
  async function runAll(text: string): Promise<string> {
    const outputs: string[] = [];
    for (const { line, expected, words } of text.split("\n").map(commandOf)) {
      const { code, stdout, stderr } = await lab.run(...words);
      expect(code, `${line}\n${stdout}\n${stderr}`).to.equal(expected);
      outputs.push(stdout);
    }
    return outputs.join("\n");
  }

  it("what it says of a command is read exactly: nothing is passed over", () => {
    expect(commandOf('bft submit "set x 3" --timeout 2s     # exit code 1')).to.deep.include({
      expected: 1,
      words: ["submit", "set x 3", "--timeout", "2s"],
    });
    expect(() => commandOf("bft down # it stops")).to.throw("says no exit code");
    expect(() => commandOf("rm -r .bft")).to.throw("not a command of bft");
    expect(() => blocksOf("## A\n```sh\nbft down")).to.throw('a block in "A" does not end');
    expect(blocksOf("## A\n```sh\nbft down\n```\n```text\nstopped\n```")).to.deep.equal([
      { kind: "sh", text: "bft down", section: "A" },
      { kind: "text", text: "stopped", section: "A" },
    ]);
  });

  it("asks the questions in the order of the lecture, each with commands, what to look for, why, and an exercise", () => {
    const sections = readFileSync(FILE, "utf8")
      .split(/^## /m)
      .filter((each) => /^\d\. /.test(each));
    expect(sections.map((each) => each.slice(0, each.indexOf("\n")))).to.deep.equal([
      "1. How many replicas for f crashes?",
      "2. The overlap of two majorities remembers",
      "3. A lying primary",
      "4. One in common is not enough",
      "5. Why the client waits for f+1",
      "6. The four steps of PBFT",
      "7. Beyond the bound",
    ]);
    for (const each of sections)
      for (const part of ["**Question.**", "**Run.**", "```sh", "**Look for.**", "**Why.**", "§", "**Exercise.**"])
        expect(each, each.slice(0, 30)).to.include(part);
  });
});
