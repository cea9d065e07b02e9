import { readFileSync } from "node:fs";
import { simulate } from "@bft/sim";
import { expect } from "chai";
import fc from "fast-check";
import { inProject } from "../../../../test/support/project.js";
import { differenceFrom, tracedRun } from "../../src/transcript/check.js";
import { parseTranscript } from "../../src/transcript/parse.js";
import { type Transcript, transcriptOf } from "../../src/transcript/transcript.js";
import { writeTranscript } from "../../src/transcript/write.js";
import { plans, SAMPLE } from "./plans.js";

const TRACE = ["        0 ms  replica 0   starts: view 0, executed 0, stable 0", '     1.25 ms  client 0    asks #1 "set x 1"'];

function sample(other: Partial<Transcript> = {}): Transcript {
  return { purpose: "shows all that there is", plan: SAMPLE, violated: "agreement", trace: TRACE, ...other };
}

const TEXT = writeTranscript(sample());

describe("a transcript", () => {
  it("is text that a student can read", () => {
    for (const line of [
      "purpose: shows all that there is",
      "seed: 42",
      "f: 1",
      "liars: 1 equivocate",
      "twins: 3",
      "clock rates: 1 0.95 1 1.05",
      "delay to: 20.5 ms",
      "compact log: no",
      '      0 ms  client 0 submits "set x 1", "say \\"hi\\", \\\\ or\\nnot"',
      '    0.5 ms  client 1 reads "get x"',
      "    100 ms  crash replica 2 after 3 effects, 1 record torn",
      "    100 ms  crash replica 2",
      "    110 ms  wipe replica 2",
      "    120 ms  restart replica 2",
      "    130 ms  cut the links from 0, 1 to 2, 3",
      "    140 ms  clog the links from 0 to none",
      "    150 ms  slow replica 4 to 5 ms an input",
      "    160 ms  mend all links",
      "    200 ms  heal; 0, 2, 3 must finish within 20000 ms",
      "expect: agreement violated",
    ])
      expect(TEXT.split("\n")).to.include(line);
  });

  it("is read back as it was written", () => {
    for (const transcript of [sample(), sample({ violated: null }), sample({ trace: null }), sample({ trace: [] })])
      expect(parseTranscript(writeTranscript(transcript))).to.deep.equal({ ok: true, transcript });
  });

  it("is read back as it was written, whatever the plan", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const transcript = sample({ plan });
        expect(parseTranscript(writeTranscript(transcript))).to.deep.equal({ ok: true, transcript });
      }),
      { numRuns: 300 },
    );
  });

  it("may have empty lines, comments, and lines that end as on Windows", () => {
    const relaxed = `# a comment\r\n${TEXT.replaceAll("\n", "\r\n").replace("script:", "# here it begins\r\n\r\nscript:")}\r\n\r\n`;
    expect(parseTranscript(relaxed)).to.deep.equal({ ok: true, transcript: sample() });
  });

  it("has one line of purpose, whatever it is made of", () => {
    expect(transcriptOf(SAMPLE, null, " two\nlines ", null)).to.deep.equal(
      sample({ purpose: "two lines", violated: null, trace: null }),
    );
  });
});

describe("a transcript that is wrong", () => {
  const lines = TEXT.split("\n");
  const lineOf = (text: string) => lines.findIndex((line) => line.includes(text)) + 1;
  /** What stands in the text, what stands there instead, the line that is to blame, and what is said. */
  const cases: readonly (readonly [instead: string, of: string, line: number, says: RegExp])[] = [
    ["seed: many", "seed: 42", lineOf("seed"), /seed is a whole number such as 3, not "many"/],
    ["seed: 99999999999999999999", "seed: 42", lineOf("seed"), /whole number/],
    ["sneed: 42", "seed: 42", lineOf("seed"), /"sneed: 42" is no setting; there are: purpose, seed, protocol/],
    ["seed: 42\nseed: 42", "seed: 42", lineOf("seed") + 1, /seed stands in line 3 already; leave one out/],
    ["", "seed: 42\n", lineOf("script:") - 1, /settings are missing: seed/],
    ["", "purpose: shows all that there is", lineOf("script:"), /the purpose is missing above the script/],
    ["purpose:", "purpose: shows all that there is", 1, /the purpose is empty; say in one line/],
    ["purpose: again\nseed: 42", "seed: 42", lineOf("seed"), /there is a purpose already/],
    ["replicas: 1000000000", "replicas: 4", lineOf("replicas"), /replicas is from 1 to 1000/],
    ["replicas: 5", "replicas: 4", lineOf("clock rates"), /clock rates: there are 4 of them, and 5 replicas/],
    ["drop: 2", "drop: 0.25", lineOf("drop"), /drop is a share from 0 to 1/],
    ["drop: -1", "drop: 0.25", lineOf("drop"), /drop is a number such as 20 or 0.5/],
    ["delay to: 20", "delay to: 20.5 ms", lineOf("delay to"), /delay to is a time such as 20 ms, not "20"/],
    ["delay from: 30 ms", "delay from: 1 ms", lineOf("delay to"), /delay to: it is less than delay from, which is 30 ms/],
    ["reads: slow", "reads: fast", lineOf("reads:"), /reads is ordered or fast, not "slow"/],
    [
      "liars: 7 equivocate",
      "liars: 1 equivocate",
      lineOf("liars:"),
      /liars: replica 7 does not exist; this plan has replicas 0 to 3/,
    ],
    ["liars: 1 silent, 1 silent", "liars: 1 equivocate", lineOf("liars:"), /liars: replica 1 is named twice/],
    ["liars: equivocate", "liars: 1 equivocate", lineOf("liars:"), /such as 1 silent, not "equivocate"/],
    ["twins: 4", "twins: 3", lineOf("twins:"), /twins: replica 4 does not exist; this plan has replicas 0 to 3/],
    [
      "crash replica 9 after",
      "crash replica 2 after",
      lineOf("crash replica 2 after"),
      /replica 9 does not exist; this plan has replicas 0 to 4/,
    ],
    ["restart replica 5", "restart replica 2", lineOf("restart"), /replica 5 does not exist/],
    [
      "explode replica 2",
      "restart replica 2",
      lineOf("restart"),
      /"explode replica 2" is no action; there are: client … submits/,
    ],
    ["client 5 reads", "client 1 reads", lineOf('reads "'), /client 5 does not exist; this plan has clients 0 to 1/],
    ["reads get x", 'reads "get x"', lineOf('reads "'), /an operation stands in quotes, such as "set x 1"/],
    ['reads "get x" "get y"', 'reads "get x"', lineOf('reads "'), /between two operations stands a comma/],
    ['reads "\\q"', 'reads "get x"', lineOf('reads "'), /is not a text as JSON writes it/],
    ["50 ms  restart", "120 ms  restart", lineOf("restart"), /in order of time; the line before is at 110 ms/],
    ["soon  restart", "120 ms  restart", lineOf("restart"), /an action begins with its time, such as 1200 ms/],
    ["1e999 ms  restart", "120 ms  restart", lineOf("restart"), /the time of an action is a number/],
    ["heal; 0, 2, 5 must finish", "heal; 0, 2, 3 must finish", lineOf("heal;"), /replica 5 does not exist/],
    ["100 ms  heal", "200 ms  heal", lineOf("heal;"), /the heal comes last; the line before is at 160 ms/],
    [
      "expect: peace",
      "expect: agreement violated",
      lineOf("expect:"),
      /"expect: holds" or one like "expect: agreement violated", not "expect: peace"/,
    ],
    ["track:", "trace:", lineOf("trace:"), /"trace:" or nothing, not "track:"/],
  ];
  for (const [instead, of, line, says] of cases) {
    it(`${JSON.stringify(instead)} instead of ${JSON.stringify(of)}`, () => {
      const parsed = parseTranscript(TEXT.replace(of, instead));
      if (parsed.ok) expect.fail("it was read");
      expect(parsed.error).to.match(says);
      expect(parsed.line).to.equal(line);
      expect(parsed.error.startsWith(`line ${line}: `)).to.equal(true);
    });
  }

  it("ends too early", () => {
    const upTo = (text: string) => parseTranscript(lines.slice(0, lineOf(text)).join("\n"));
    expect(upTo("reorder"))
      .to.have.property("error")
      .that.matches(/the script is missing/);
    expect(upTo("mend"))
      .to.have.property("error")
      .that.matches(/the heal is missing/);
    expect(upTo("heal"))
      .to.have.property("error")
      .that.matches(/the verdict is missing; write "expect: holds"/);
    expect(parseTranscript("")).to.deep.include({ ok: false, line: 1 });
  });

  it("never throws, and says what is wrong in one line without control characters", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .tuple(fc.nat(TEXT.length), fc.nat(8), fc.string({ unit: "binary" }))
        .map(([at, length, other]) => TEXT.slice(0, at) + other + TEXT.slice(at + length)),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const parsed = parseTranscript(text);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
        if (!parsed.ok) expect(parsed.error).to.match(/^line \d+: [^\u0000-\u001f\u007f-\u009f\u202e]+$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe("docs/simulator.md", () => {
  const docs = readFileSync(inProject("docs", "simulator.md"), "utf8");
  const example = docs.split("```").find((block) => block.startsWith("\npurpose:")) ?? "";

  it("shows a transcript that is one, and says what comes of it", () => {
    const parsed = parseTranscript(example.trim());
    if (!parsed.ok) expect.fail(parsed.error);
    expect(differenceFrom(parsed.transcript, tracedRun(parsed.transcript.plan, simulate))).to.equal(null);
  });

  it("names every action as it is written", () => {
    for (const [sentence] of docs.matchAll(/(?<=^\| .*)`(client|crash|restart|wipe|cut|clog|mend|slow|heal)[^`]*`/gm)) {
      const line = `      5 ms  ${sentence.slice(1, -1)}\n`;
      const other = sentence.startsWith("`heal") ? "" : "   9000 ms  heal; none must finish within 0 ms\n";
      const parsed = parseTranscript(example.trim().replace(/script:\n.*(?=\n\nexpect)/s, `script:\n${line}${other}`));
      if (!parsed.ok) expect.fail(`${sentence}: ${parsed.error}`);
    }
  });
});
