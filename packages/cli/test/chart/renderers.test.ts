import { createHash } from "node:crypto";
import { expect } from "chai";
import type { Chart } from "../../src/chart/chart.js";
import { chartHtml } from "../../src/chart/html.js";
import { chartJson } from "../../src/chart/json.js";
import { chartMermaid } from "../../src/chart/mermaid.js";
import { chartSvg } from "../../src/chart/svg.js";
import { chartLines } from "../../src/chart/text.js";
import { drawnChart, HOSTILE, message } from "./drawn-chart.js";
import { chartIn, simRun, without } from "./support.js";

const normal = chartIn(simRun(), { kind: "seq", seq: 1 });
const viewChange = chartIn(simRun({}, 1, without(0)), { kind: "view", view: 1 });
const many = chartIn(simRun({ requests: 12 }), { kind: "last", count: 100 });
const hostile = drawnChart({
  title: HOSTILE,
  messages: [
    message({ detail: HOSTILE }),
    message({ lying: true, detail: HOSTILE }),
    message({ fate: "dropped", because: HOSTILE }),
  ],
  marks: [
    { row: 1, lane: 0, kind: "answered", text: `is answered: ${HOSTILE}` },
    { row: 1, lane: null, kind: "note", text: HOSTILE },
  ],
  notes: [HOSTILE],
});

const charts: readonly (readonly [name: string, chart: Chart])[] = [
  ["the normal case", normal],
  ["a view change", viewChange],
  ["many slots", many],
  ["hostile texts", hostile],
];

/** Elements in order of their ends; throws where the markup is not well-formed XML. */
function elementsOf(xml: string): readonly string[] {
  const open: string[] = [];
  const closed: string[] = [];
  const tags = /<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z][\w:-]*="[^"<]*")*)\s*(\/?)>/g;
  let end = 0;
  for (const tag of xml.matchAll(tags)) {
    const text = xml.slice(end, tag.index);
    if (/[<>]|&(?!#\d+;)/.test(text)) throw new Error(`not text: ${text}`);
    end = tag.index + tag[0].length;
    const [, closing, name = "", , empty] = tag;
    if (closing !== "") {
      if (open.pop() !== name) throw new Error(`</${name}> ends what did not begin`);
      closed.push(name);
    } else if (empty !== "") closed.push(name);
    else open.push(name);
  }
  if (open.length > 0 || xml.slice(end).trim() !== "") throw new Error(`it does not end: ${open.join(" ")}`);
  return closed;
}

/** What would be fetched from somewhere. */
const OUTSIDE =
  /<[a-z][^>]*\s(src|href|xlink:href|srcset|action|data|style)=|<style>[^<]*(url\(|@import)|<[a-z][^>]*https?:\/\/(?!www\.w3\.org\/2000\/svg")/;

describe("a chart of all that one may hold", () => {
  // Lies of one replica, each other than the last; the states change in each row.
  const count = 20_000;
  const flood = drawnChart({
    rows: Array.from({ length: count + 1 }, (_, at) => ({ at, phase: "prepare", seq: 1 })),
    messages: Array.from({ length: count }, (_, row) =>
      message({ sentRow: row, arrivedRow: row + 1, lying: true, detail: `digest ${row}` }),
    ),
    marks: Array.from({ length: count }, (_, row) => ({ row, lane: 0, kind: "entered-view", text: `enters view ${row}` })),
    states: Array.from({ length: count }, (_, row) => ({
      row: row - 1,
      replica: row % 3,
      state: { up: row % 2 === 0, view: row, viewChange: null, lastExecuted: 0, behaviour: null, timersFired: 0, slots: [] },
    })),
  });

  for (const [name, render] of [
    ["text", (chart: Chart) => chartLines(chart, 80)],
    ["SVG", chartSvg],
    ["Mermaid", chartMermaid],
    ["a page", chartHtml],
  ] as const)
    it(`is drawn as ${name} in the time of a test`, () => {
      expect(render(flood).length).to.be.above(count);
    });
});

describe("chart as SVG", () => {
  for (const [name, chart] of charts)
    it(`of ${name} is well-formed, has a title and a description, no script, and refers to nothing outside`, () => {
      const svg = chartSvg(chart);
      const elements = elementsOf(svg);
      expect(elements.at(-1)).to.equal("svg");
      expect(elements).to.include.members(["title", "desc"]);
      for (const element of elements)
        expect(["svg", "title", "desc", "g", "rect", "line", "path", "circle", "polygon", "polyline", "text"]).to.include(
          element,
        );
      expect(svg).to.not.match(OUTSIDE);
      expect(svg).to.not.match(/<[a-z][^>]*(\son\w+=|NaN|undefined|Infinity)/);
    });

  it("a markup that is not well-formed is found out", () => {
    expect(() => elementsOf("<svg><g></svg>")).to.throw();
    expect(() => elementsOf("<svg>a & b</svg>")).to.throw();
  });

  it("has an arrow for each message, from its sender in its row to its receiver in a later one", () => {
    const arrows = [
      ...chartSvg(normal).matchAll(
        /class="message [^"]*" data-row="(\d+)"[^>]*>.*?<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)"/g,
      ),
    ];
    expect(arrows).to.have.length(normal.messages.length);
    for (const [, , x1, , x2] of arrows) expect(Number(x2)).to.be.above(Number(x1));
  });

  it("names the phases, and in its titles who sends what to whom", () => {
    const svg = chartSvg(normal);
    for (const phase of ["request", "pre-prepare", "prepare", "commit", "reply"]) expect(svg).to.contain(`>${phase}</text>`);
    expect(svg).to.contain("pre-prepare 1 from replica 0 to replica 3 in view 0: taken");
  });

  it("marks lies and losses by more than a colour", () => {
    const drawn = drawnChart({
      messages: [message({ lying: true, detail: "digest ab" }), message({ fate: "lost", because: "cut", arrivedRow: null })],
    });
    const svg = chartSvg(drawn);
    expect(svg).to.match(/stroke-dasharray="7 3"/);
    expect(svg).to.contain(">digest ab</text>").and.contain(">a lie</text>").and.contain(">lost</text>");
  });
});

describe("chart as Mermaid", () => {
  const TEXT = /^(?:[\p{L}\p{N} .,()/_'-]|#\d+;)*$/u;
  const LINE = /^ {2}(?:title (.*)|participant L\d+ as (.*)|Note over L\d+(?:,L\d+)?: (.*)|L\d+(?:->>|-->>|-x)L\d+: (.*))$/;

  for (const [name, chart] of charts)
    it(`of ${name} has only lines that Mermaid knows, and every text is escaped`, () => {
      const [first, ...lines] = chartMermaid(chart).trimEnd().split("\n");
      expect(first).to.equal("sequenceDiagram");
      for (const line of lines) {
        const found = LINE.exec(line);
        const text = found?.slice(1).find((each) => each !== undefined);
        expect(text, line).to.match(TEXT);
        expect(text, line).to.not.match(/\bend\b/i);
      }
      expect(lines.filter((line) => /->>|-x/.test(line))).to.have.length(chart.messages.length);
    });

  it("says what did not arrive by the arrow's end", () => {
    const lost = chartMermaid(
      drawnChart({ messages: [message({ fate: "lost", because: "the link is cut", arrivedRow: null })] }),
    );
    expect(lost).to.contain("L0-xL1: prepare (lost, the link is cut)");
  });
});

describe("chart as JSON", () => {
  it("is the chart itself, on one line", () => {
    const text = chartJson(normal);
    expect(text.endsWith("\n") && text.indexOf("\n") === text.length - 1).to.equal(true);
    expect(JSON.parse(text)).to.deep.equal(normal);
    expect(Object.keys(normal)).to.deep.equal([
      "version",
      "title",
      "protocol",
      "replicas",
      "faults",
      "lanes",
      "rows",
      "messages",
      "marks",
      "bands",
      "states",
      "notes",
    ]);
  });
});

describe("chart as a page", () => {
  function policyOf(html: string): string {
    return /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
  }

  for (const [name, chart] of charts)
    it(`of ${name} needs nothing from outside, and runs no script but its own`, () => {
      const html = chartHtml(chart);
      expect(html).to.not.match(OUTSIDE);
      const scripts = [...html.matchAll(/<script(?: type="application\/json" id="\w+")?>([\s\S]*?)<\/script>/g)];
      expect(scripts).to.have.length(3);
      expect(html.match(/<script/g)).to.have.length(3);
      const digest = createHash("sha256")
        .update(scripts[2]?.[1] ?? "")
        .digest("base64");
      expect(policyOf(html)).to.contain("default-src 'none'").and.contain(`script-src 'sha256-${digest}'`);
      expect(policyOf(html)).to.not.contain("unsafe");
    });

  it("holds the chart as it is, whatever its texts are", () => {
    const json = /id="chart">([^<]*)<\/script>/.exec(chartHtml(hostile))?.[1] ?? "";
    expect(JSON.parse(json)).to.deep.equal(JSON.parse(JSON.stringify(hostile)));
    expect(chartHtml(hostile)).to.not.contain("<img");
  });
});
