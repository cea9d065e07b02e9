import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mergedHeaderLine } from "@bft/replica";
import { expect } from "chai";
import type { Selection } from "../../src/chart/selection.js";
import { chartFrom, fileSource, traceLines } from "../../src/services/trace.js";
import { formatOf } from "../../src/services/trace-output.js";
import { simRun, without } from "../chart/support.js";

describe("services/trace", () => {
  const dir = mkdtempSync(join(tmpdir(), "bft-trace-"));
  after(() => rmSync(dir, { recursive: true }));

  function written(name: string, { facts, events }: ReturnType<typeof simRun>, ...more: readonly string[]): string {
    const path = join(dir, name);
    writeFileSync(path, [mergedHeaderLine(facts), ...events.map((event) => JSON.stringify(event)), ...more, ""].join("\n"));
    return path;
  }

  const normal = written("normal.jsonl", simRun());
  const changed = written("changed.jsonl", simRun({}, 1, without(0)));
  const empty = written("empty.jsonl", { facts: { protocol: "raft", replicas: 3, faults: 1 }, events: [] });

  const missing: readonly (readonly [string, string, Selection, RegExp])[] = [
    [
      "a sequence number",
      normal,
      { kind: "seq", seq: 99 },
      /^the trace does not tell of sequence number 99; it tells of 1 to \d+$/,
    ],
    ["a view, where none changed", normal, { kind: "view", view: 3 }, /how view 3 came about; it tells of no view change$/],
    ["a view, where another came", changed, { kind: "view", view: 9 }, /how view 9 came about; it tells of view 1/],
    ["view 0", changed, { kind: "view", view: 0 }, /; view 0 is where a cluster begins$/],
    [
      "anything",
      empty,
      { kind: "last", count: 1 },
      /^the trace tells of nothing that was ordered yet; have something ordered with: bft submit/,
    ],
    ["a term", empty, { kind: "view", view: 2 }, /^the trace does not tell how term 2 came about; it tells of no election$/],
  ];
  for (const [title, path, selection, sentence] of missing)
    it(`says in one sentence what there is when there is not ${title}`, () => {
      expect(() => chartFrom(fileSource(path), selection)).to.throw(sentence);
    });

  it("writes what it reads", () => {
    const source = fileSource(normal);
    const again = written("again.jsonl", { facts: source.header, events: [] });
    writeFileSync(again, `${[...traceLines(source)].join("\n")}\n`);
    expect(chartFrom(fileSource(again), { kind: "seq", seq: 1 })).to.deep.equal(chartFrom(source, { kind: "seq", seq: 1 }));
  });

  it("says where a file could not be read on, and draws what stands before", () => {
    const source = fileSource(written("damaged.jsonl", simRun(), "nonsense"));
    expect(chartFrom(source, { kind: "seq", seq: 1 }).messages.length).to.be.above(20);
    expect(source.damage()).to.have.length(1);
    expect(source.damage()[0]).to.match(/damaged\.jsonl is read no further: line \d+ is no event$/);
  });

  it("takes a format from its name, or from the ending of the file", () => {
    expect(formatOf(null, null)).to.equal("text");
    expect(formatOf("svg", null)).to.equal("svg");
    expect(formatOf("svg", "chart.html")).to.equal("svg");
    expect(formatOf(null, "a/chart.HTML")).to.equal("html");
    expect(formatOf(null, "chart.mmd")).to.equal("mermaid");
    expect(formatOf(null, "chart.png")).to.equal(null);
    expect(formatOf(null, "chart")).to.equal(null);
  });
});
