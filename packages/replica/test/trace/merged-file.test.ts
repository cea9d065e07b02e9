import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TraceEvent } from "@bft/core";
import { expect } from "chai";
import { mergedHeaderLine, readMerged } from "../../src/trace/merged-file.js";
import { Folders } from "./support.js";

const header = { protocol: "pbft", replicas: 4, faults: 1 };
const events: readonly TraceEvent[] = [
  { at: 0, kind: "started", replica: 0, view: 0, lastExecuted: 0, lowWaterMark: 0, abstaining: false },
  { at: 1, kind: "invoked", client: 2, timestamp: 7, operations: ["set x ü"], readOnly: false },
  { at: 2, kind: "fault", what: "all links are whole again" },
  { at: 3, kind: "lost", id: "ab", from: "replica 0", to: "replica 1", message: "prepare", because: "dropped" },
];

describe("a merged trace in a file", () => {
  const folders = new Folders();
  after(() => folders.remove());

  function file(...lines: readonly string[]): string {
    const path = join(folders.make(), "run.jsonl");
    writeFileSync(path, lines.join("\n"));
    return path;
  }

  function read(path: string) {
    const merged = readMerged(path);
    if ("problem" in merged) return merged;
    const damage: string[] = [];
    return { header: merged.header, events: [...merged.events((what) => damage.push(what))], damage };
  }

  const lines = events.map((event) => JSON.stringify(event));

  it("gives back what was written, also twice", () => {
    const path = file(mergedHeaderLine(header), ...lines, "");
    const result = read(path);
    expect(result).to.deep.include({ events, damage: [] });
    expect("header" in result && result.header).to.deep.include(header);
    const merged = readMerged(path);
    if ("problem" in merged) throw new Error(merged.problem);
    for (let time = 0; time < 2; time++) expect([...merged.events(() => {})]).to.have.length(events.length);
  });

  it("ends at a line that is no event, and says which", () => {
    for (const bad of ["[]", "{}", '{"at":1,"kind":"fault"}', '{"at":1,"kind":"crashed","replica":"0"}', "not json", "null"]) {
      const result = read(file(mergedHeaderLine(header), lines[0] ?? "", bad, ...lines));
      expect(result, bad).to.deep.include({ events: events.slice(0, 1), damage: ["line 3 is no event"] });
    }
  });

  for (const [title, first] of [
    ["an empty file", ""],
    ["no header", JSON.stringify(events[0])],
    ["another version", mergedHeaderLine(header).replace('"version":2', '"version":3')],
    ["no replicas", mergedHeaderLine({ ...header, replicas: 0 })],
    ["more replicas than there are anywhere", mergedHeaderLine({ ...header, replicas: 1e9 })],
  ] as const)
    it(`is none: ${title}`, () => {
      expect(read(file(first))).to.deep.equal({ problem: "its first line is not the header of a trace of version 2" });
    });

  it("that is not there is told with the reason", () => {
    expect(readMerged(join(folders.make(), "none")))
      .to.have.property("problem")
      .that.matches(/ENOENT/);
  });
});
