import { PROTOCOL_NAMES } from "@bft/core/protocols";
import { Flags } from "@oclif/core";
import { BftCommand } from "../base-command.js";
import { misuse } from "../errors.js";
import { durationFlag, shareFlag, wholeNumberFlag } from "../flags.js";
import { Output } from "../output.js";
import { bench } from "../services/bench/command.js";
import { parseFault } from "../services/bench/parse-fault.js";
import { type BenchPlan, KEY_DISTRIBUTIONS } from "../services/bench/plan.js";
import { BENCH_SERVICES } from "../services/bench/workload.js";
import { refuseIdleCrypto } from "../services/unauthenticated.js";

export default class Bench extends BftCommand {
  static override summary = "put load on a cluster and say what it does, and what limits it";
  static override description =
    `Closed loop, the default: each client submits its next request when the last one is answered. Open loop, with --rate: requests are due at
that rate whether or not earlier ones are answered, and latency counts from when each was due, so that a stall is not hidden.
On the running cluster, or with --fresh on one of its own that is thrown away. Clients and replicas share this machine.
Faults are made at their time and marked on the plot. What clients saw can be judged afterwards with: bft check.
With --json: {plan, cluster, clients: {operationsPerSecond, latencyMs, timeline, ...}, replicas, perOperation, operationsPerBatch, faults, limit}.
Exit code 1: nothing was answered.`;
  static override examples = [
    "<%= config.bin %> bench",
    { command: "<%= config.bin %> bench --fresh --clients 200", description: "on a cluster of its own" },
    "<%= config.bin %> bench --clients 16 --ops-per-request 100 --reads 0.5",
    { command: "<%= config.bin %> bench --fresh --auth none", description: "the same without signatures: what do they cost?" },
    { command: "<%= config.bin %> bench --fresh --crypto noble", description: "with signatures computed in JavaScript" },
    { command: "<%= config.bin %> bench --rate 300 --duration 30s", description: "open loop: 300 requests a second" },
    {
      command: '<%= config.bin %> bench --fault "kill 0 @5s" --fault "restart 0 @10s" --duration 15s --svg plot.svg',
      description: "what a crash of the primary costs, as a picture too",
    },
  ];
  static override flags = {
    clients: wholeNumberFlag({ summary: "clients that submit at the same time", min: 1, max: 1000, default: 16 }),
    rate: wholeNumberFlag({ summary: "open loop: requests a second of all clients together", min: 1, max: 100_000 }),
    duration: durationFlag({ summary: "how long to measure", default: 10_000, defaultHelp: async () => "10s" }),
    "warm-up": durationFlag({ summary: "load before that, not measured", default: 2_000, defaultHelp: async () => "2s" }),
    "ops-per-request": wholeNumberFlag({ summary: "operations under one signature", min: 1, max: 10_000, default: 1 }),
    reads: shareFlag({ summary: "share of operations that read" }),
    "fast-reads": Flags.boolean({ summary: "reads are sent as reads; needs a cluster with --reads fast" }),
    "value-size": wholeNumberFlag({ summary: "bytes of a written value", min: 1, max: 60_000, default: 100 }),
    keys: wholeNumberFlag({ summary: "different keys", min: 1, max: 1_000_000, default: 1_000 }),
    distribution: Flags.option({
      options: KEY_DISTRIBUTIONS,
      summary: "which keys: all alike, or some much more often (zipf, exponent 0.99)",
      default: "uniform" as const,
    })(),
    fault: Flags.string({ summary: 'what goes wrong and when, such as "kill 0 @5s"; may be given again', multiple: true }),
    csv: Flags.string({ summary: "write throughput and latency over time to this file", helpValue: "<file>" }),
    svg: Flags.string({ summary: "write the plot to this file", helpValue: "<file>" }),
    fresh: Flags.boolean({ summary: "on a new cluster in a temporary folder, which is deleted afterwards" }),
    f: wholeNumberFlag({ summary: "with --fresh: how many faulty replicas to survive", min: 1, max: 10, dependsOn: ["fresh"] }),
    protocol: Flags.option({ options: PROTOCOL_NAMES, summary: "with --fresh: how they agree", dependsOn: ["fresh"] })(),
    service: Flags.option({ options: BENCH_SERVICES, summary: "with --fresh: what is replicated", dependsOn: ["fresh"] })(),
    durability: Flags.option({
      options: ["fsync", "buffered"] as const,
      summary: "with --fresh: fsync or buffered",
      dependsOn: ["fresh"],
    })(),
    trace: Flags.option({ options: ["full", "off"] as const, summary: "with --fresh: full or off", dependsOn: ["fresh"] })(),
    auth: Flags.option({
      options: ["signatures", "none"] as const,
      summary: "with --fresh: none signs nothing, so that what signatures cost can be told; ANYBODY CAN THEN SPEAK FOR ANYBODY",
      dependsOn: ["fresh"],
    })(),
    crypto: Flags.option({
      options: ["native", "noble"] as const,
      summary: "with --fresh: who computes signatures, a native library or JavaScript",
      dependsOn: ["fresh"],
    })(),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Bench);
    refuseIdleCrypto(flags.auth, flags.crypto);
    const readShare = flags.reads ?? 0;
    if (flags["fast-reads"] && readShare === 0)
      throw misuse("--fast-reads says how to read; say how much with --reads, such as --reads 0.5");
    const plan: BenchPlan = {
      clients: flags.clients,
      ratePerSecond: flags.rate ?? null,
      operationsPerRequest: flags["ops-per-request"],
      readShare,
      fastReads: flags["fast-reads"],
      valueBytes: flags["value-size"],
      keys: flags.keys,
      distribution: flags.distribution,
      warmUpMs: flags["warm-up"],
      durationMs: flags.duration,
      faults: (flags.fault ?? []).map(parseFault),
    };
    const fresh = {
      faults: flags.f ?? 1,
      protocol: flags.protocol ?? "pbft",
      service: flags.service ?? "kv",
      durability: flags.durability ?? "fsync",
      trace: flags.trace ?? "full",
      auth: flags.auth ?? "signatures",
      crypto: flags.crypto ?? "native",
      reads: flags["fast-reads"] ? "fast" : "ordered",
      clients: flags.clients,
    } as const;
    const report = await bench({
      plan,
      on: flags.fresh ? { fresh } : { running: await this.openCluster(flags.dir) },
      replicaCommand: this.replicaCommand,
      csv: flags.csv ?? null,
      svg: flags.svg ?? null,
      output: new Output(flags.json),
    });
    if (report.clients.operations === 0) this.exit(1);
  }
}
