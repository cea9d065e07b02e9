import { readFileSync } from "node:fs";
import { expect } from "chai";
import { inProject } from "../../../../test/support/project.js";
import { METRICS, MetricsPage } from "../../src/metrics/page.js";
import { OBSERVED, STATUS } from "./support.js";
import { type PageMetric, parsePage } from "./text-format.js";

const newPage = () => new MetricsPage({ cluster: "c1", replica: "1" });

/** What one metric says, by its own labels as text. */
function said(page: readonly PageMetric[], name: string): Record<string, number> {
  const samples = page.find((each) => each.name === name)?.samples ?? [];
  return Object.fromEntries(
    samples.map(({ labels, value }) => {
      const { cluster, replica, ...own } = labels;
      expect({ cluster, replica }).to.deep.equal({ cluster: "c1", replica: "1" });
      return [Object.values(own).join(" "), value];
    }),
  );
}

describe("the page of metrics", () => {
  it("tells what the replica says of itself, in Prometheus' text format", async () => {
    const page = parsePage(await newPage().render(OBSERVED));
    const cases: Record<string, Record<string, number>> = {
      bft_info: { "pbft kv": 1 },
      bft_view: { "": 3 },
      bft_primary: { "": 0 },
      bft_view_change_active: { "": 1 },
      bft_view_changes_started_total: { "": 4 },
      bft_views_entered_total: { "": 3 },
      bft_last_executed: { "": 12 },
      bft_low_water_mark: { "": 0 },
      bft_high_water_mark: { "": 256 },
      bft_queued_requests: { "": 2 },
      bft_slots_in_flight: { "": 1 },
      bft_operations_executed_total: { "": 34 },
      bft_abstaining: { "": 0 },
      bft_state_transfer_active: { "": 1 },
      bft_retained: { slots: 14, votes: 30, requests: 2, batches: 13, viewChanges: 1, checkpointVotes: 0, snapshots: 1 },
      bft_behaviour_info: { equivocate: 1 },
      bft_lies_told_total: { "": 6 },
      bft_evidence_found_total: { "": 1 },
      bft_convicted: { 0: 0, 1: 0, 2: 1, 3: 0 },
      bft_messages_received_total: { "": 100 },
      bft_messages_sent_total: { "": 90 },
      bft_received_bytes_total: { "": 10_000 },
      bft_sent_bytes_total: { "": 9_000 },
      bft_refused_total: { "signature-invalid": 2 },
      bft_dropped_total: { "old-view": 5, duplicate: 1 },
      bft_peer_rejections_total: { "replica 2": 5, clients: 3 },
      bft_clients_connected: { "": 1 },
      bft_link_up: { "replica 0": 1, "replica 2": 1, "replica 3": 0 },
      bft_link_queued_bytes: { "replica 0": 0, "replica 2": 77, "replica 3": 0 },
      bft_link_faulty: { "replica 0": 0, "replica 2": 1, "replica 3": 0 },
      bft_signatures_made_total: { "": 40 },
      bft_signatures_checked_total: { "": 120 },
      bft_disk_wait_seconds_total: { "": 0.25 },
      process_cpu_seconds_total: { "": 1.5 },
      process_resident_memory_bytes: { "": 70_000_000 },
      process_start_time_seconds: { "": 1_700_000_000.5 },
      nodejs_heap_size_used_bytes: { "": 20_000_000 },
      nodejs_eventloop_lag_mean_seconds: { "": 0.001 },
      nodejs_eventloop_lag_p99_seconds: { "": 0.01 },
      nodejs_eventloop_lag_max_seconds: { "": 0.02 },
    };
    for (const [name, expected] of Object.entries(cases)) expect(said(page, name), name).to.deep.equal(expected);
    const faults = said(page, "bft_link_faults_total");
    expect(faults["replica 2 cut"]).to.equal(9);
    expect(Object.keys(faults)).to.have.length(18);
    expect([...Object.keys(cases), "bft_link_faults_total"].sort()).to.deep.equal(page.map(({ name }) => name).sort());
  });

  it("a second scrape tells the values of then, and of what is gone nothing", async () => {
    const page = newPage();
    await page.render(OBSERVED);
    const status = { ...STATUS, messagesIn: 101, behaviour: null, refused: {}, dropped: { duplicate: 2 } };
    const second = parsePage(await page.render({ ...OBSERVED, status }));
    expect(said(second, "bft_messages_received_total")).to.deep.equal({ "": 101 });
    expect(said(second, "bft_behaviour_info")).to.deep.equal({ none: 1 });
    expect(said(second, "bft_refused_total")).to.deep.equal({});
    expect(said(second, "bft_dropped_total")).to.deep.equal({ duplicate: 2 });
  });

  it("names follow the conventions: a prefix, counters end in total, units in full and in base units", () => {
    for (const { name, type, labels } of METRICS) {
      expect(name).to.match(/^(bft|process|nodejs)_[a-z0-9_]+$/);
      expect(name.endsWith("_total"), name).to.equal(type === "counter");
      expect(name).to.not.match(/_(ms|milliseconds|kilobytes|mb|count)(_|$)/);
      for (const label of labels) expect(label).to.match(/^[a-z]+$/);
      expect(labels).to.not.include.members(["cluster", "replica"]);
    }
    expect(new Set(METRICS.map(({ name }) => name)).size).to.equal(METRICS.length);
  });

  it("the table in docs/metrics.md is these metrics, in their order", () => {
    const rows = readFileSync(inProject("docs", "metrics.md"), "utf8")
      .split("\n")
      .filter((line) => /^\| `(bft|process|nodejs)_/.test(line));
    expect(rows).to.deep.equal(
      METRICS.map(({ name, type, labels, help }) => {
        const names = labels.map((label) => `\`${label}\``).join(", ");
        return `| \`${name}\` | ${type} | ${names} | ${help} |`;
      }),
    );
  });
});

describe("the parser of these tests", () => {
  const metric = (samples: string) => `# HELP a_total What.\n# TYPE a_total counter\n${samples}\n`;

  it("reads labels with what is escaped in them", () => {
    const [read] = parsePage(metric('a_total{x="q\\"\\\\\\nz",y=""} 1.5e+3'));
    expect(read?.samples).to.deep.equal([{ name: "a_total", labels: { x: 'q"\\\nz', y: "" }, value: 1500 }]);
  });

  const wrong: readonly (readonly [title: string, page: string])[] = [
    ["no line break at the end", metric("a_total 1").trimEnd()],
    ["a sample without a type", "a_total 1\n"],
    ["a sample under another metric", metric("b_total 1")],
    ["a series twice", metric('a_total{x="1"} 1\na_total{x="1"} 2')],
    ["a metric twice", metric("a_total 1") + metric("a_total 1")],
    ["a label without quotes", metric("a_total{x=1} 1")],
    ["a quote in a label", metric('a_total{x="1"2"} 1')],
    ["no number", metric("a_total one")],
    ["a type that there is not", "# HELP a_total What.\n# TYPE a_total count\n"],
  ];
  for (const [title, page] of wrong) it(`refuses ${title}`, () => expect(() => parsePage(page)).to.throw(Error));
});
