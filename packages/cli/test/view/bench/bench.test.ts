import { expect } from "chai";
import type { BenchReport } from "../../../src/services/bench/run.js";
import { benchCsv } from "../../../src/view/bench/csv.js";
import { plotLines } from "../../../src/view/bench/plot.js";
import { benchLines } from "../../../src/view/bench/report.js";
import { benchSvg } from "../../../src/view/bench/svg.js";
import { lineText, lineWidth } from "../../../src/view/line.js";

const timeline = { sliceMs: 1_000, operationsPerSecond: [100, 100, 0, 50], medianMs: [10, 12.5, null, 20] };
const faults = [
  { text: "kill 0", atMs: 2_000, failed: null },
  { text: "restart <9>", atMs: 3_500, failed: "replica 9 does not exist" },
];

const report: BenchReport = {
  plan: {
    clients: 16,
    ratePerSecond: 300,
    operationsPerRequest: 2,
    readShare: 0.5,
    fastReads: false,
    valueBytes: 100,
    keys: 1_000,
    distribution: "zipf",
    warmUpMs: 1_000,
    durationMs: 4_000,
    faults: [],
  },
  cluster: {
    protocol: "pbft",
    replicas: 4,
    faults: 1,
    service: "kv",
    durability: "fsync",
    reads: "ordered",
    trace: "off",
    auth: "signatures",
    crypto: "native",
  },
  coreCount: 2,
  clients: {
    seconds: 4,
    operations: 250,
    requests: 125,
    operationsPerSecond: 62.5,
    latencyMs: { min: 1, mean: 12, p50: 10, p90: 20, p99: 30, p999: 40, max: 50 },
    refused: 3,
    unanswered: 1,
    timeline,
  },
  neverSent: 7,
  replicas: [],
  perOperation: { messages: 28.51, bytes: 4_100, signed: 10, verified: 24.2, cpuMs: 1.234 },
  operationsPerBatch: 1.5,
  faults,
  limit: { limit: "cpu", sentence: "Limited by the processor." },
};

describe("view/bench", () => {
  it("what was run, the plot, the figures, what went wrong, and what limited it", () => {
    const text = benchLines(report, 100).map(lineText).join("\n");
    for (const words of [
      "PBFT, n = 4, f = 1, service kv, fsync, not traced: 16 clients, 300 requests a second (open loop)",
      "50 % reads, values of 100 bytes under 1,000 keys (zipf)",
      "throughput        63 operations a second",
      "median 10 ms   90 % 20 ms   99 % 30 ms   99.9 % 40 ms   longest 50 ms  (from when each was due)",
      "28.5 messages, 4.1k bytes, 10 signatures made, 24.2 checked",
      "1,234 µs an operation and replica",
      "1.5 operations each",
      "3 operations by the service",
      "1 request",
      "restart <9>: replica 9 does not exist",
      "7 requests that were due",
      "Limited by the processor.",
    ])
      expect(text).to.include(words);
  });

  it("for which signatures the figures hold is said where they are not the usual ones", () => {
    const of = (signed: Partial<BenchReport["cluster"]>) => ({ ...report, cluster: { ...report.cluster, ...signed } });
    const lines = (signed: Partial<BenchReport["cluster"]>) => benchLines(of(signed), 200).map(lineText);
    expect(lines({ auth: "none" })[0]).to.match(/^NOT AUTHENTICATED: .*anybody can speak for anybody/);
    expect(lines({ auth: "none" })[1]).to.include("fsync, not traced, NOT AUTHENTICATED: 16 clients");
    expect(benchSvg(of({ auth: "none" }))).to.include("n = 4, NOT AUTHENTICATED, 16 clients");
    expect(lines({ crypto: "noble" })[0]).to.include("fsync, not traced, signatures by noble: 16 clients");
    expect(lines({}).join() + benchSvg(report)).to.not.match(/AUTHENTICATED|noble/);
  });

  it("the plot: the highest column reaches the top, a stall is a gap, faults stand under their time", () => {
    const lines = plotLines(timeline, faults, 47).map(lineText);
    expect(lines[0]?.slice(0, 7)).to.equal("   100 ");
    expect(lines[0]?.slice(7, 27)).to.equal("█".repeat(15));
    expect(lines[7]).to.equal(`     0 ${"█".repeat(15)}${" ".repeat(7)}${"█".repeat(8)}`);
    expect(lines.at(-2)?.indexOf("^")).to.equal(7 + 15);
    expect(lines.at(-1)).to.include("(not done)");
  });

  for (const columns of [12, 20, 40, 80, 200])
    it(`fits ${columns} columns`, () => {
      for (const line of plotLines(timeline, faults, columns)) expect(lineWidth(line)).to.be.at.most(columns);
    });

  it("CSV: a line a slice, with the faults that were made in it", () => {
    expect(benchCsv(report)).to.equal(
      [
        "from_ms,operations_per_second,median_latency_ms,faults",
        "0,100.0,10.000,",
        "1000,100.0,12.500,",
        '2000,0.0,,"kill 0"',
        "3000,50.0,20.000,",
        "",
      ].join("\n"),
    );
  });

  it("SVG: a picture with a title, every fault named, texts escaped", () => {
    const svg = benchSvg(report);
    expect(svg).to.match(/^<svg [^>]*role="img"/);
    expect(svg).to.include("<title>Throughput of pbft");
    expect(svg).to.include("kill 0").and.include("restart &lt;9&gt; (not done)").and.not.include("<9>");
    expect(svg.match(/stroke-dasharray/g)).to.have.lengthOf(2);
  });
});
