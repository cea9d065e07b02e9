import { PROTOCOL_NAMES } from "@bft/core/protocols";
import { Flags } from "@oclif/core";
import { BftCommand } from "../base-command.js";
import { portsFlag, wholeNumberFlag } from "../flags.js";
import { Output } from "../output.js";
import { runCluster } from "../services/run-cluster.js";
import { refuseIdleCrypto } from "../services/unauthenticated.js";

export default class Up extends BftCommand {
  static override summary = "start a cluster of replicas and watch it";
  static override description =
    `Starts the cluster in the folder, or makes a new one: replica processes that speak signed messages over TCP and agree
by PBFT (3f+1 replicas), or by Multi-Paxos or Raft (2f+1), which tolerate crashes and no lies.
On a terminal it shows the dashboard, elsewhere it tells what happens line by line. Ctrl-C, q or a signal stops all replicas;
their data is kept, and the next bft up continues. With --json: one object a line, the first is {event: "up", ...}; with
--detach it is the only one.`;
  static override examples = [
    { command: "<%= config.bin %> up", description: "four replicas, one of which may fail or lie" },
    { command: "<%= config.bin %> up --f 2 --detach", description: "seven replicas in the background" },
    { command: "<%= config.bin %> up --protocol raft", description: "three replicas that trust their leader" },
    { command: "<%= config.bin %> up --service bank", description: "accounts and transfers; also counter, and kv by default" },
    { command: "<%= config.bin %> up --service ./votes.js", description: "a service of your own, replicated (docs/services.md)" },
    {
      command: "<%= config.bin %> up --metrics 9464",
      description: "metrics for Prometheus on ports 9464, 9465, … (docs/metrics.md)",
    },
    {
      command: "<%= config.bin %> up --auth none --fresh",
      description: "what do signatures cost? For measuring only: anybody can speak for anybody (docs/adr/0065)",
    },
    { command: "<%= config.bin %> up --crypto noble --fresh", description: "the same signatures, computed in JavaScript" },
    { command: "<%= config.bin %> up --fresh", description: "throw the cluster in the folder away and start a new one" },
  ];
  static override flags = {
    f: wholeNumberFlag({
      summary: "how many faulty replicas to survive (default: 1, or the cluster's)",
      min: 1,
      max: 10,
      helpValue: "<1-10>",
    }),
    protocol: Flags.option({
      options: PROTOCOL_NAMES,
      summary: "how they agree (default: pbft, or the cluster's)",
    })(),
    service: Flags.string({
      summary: "what is replicated: kv, bank, counter, or a module of your own (default: kv, or the cluster's)",
      helpValue: "<name|./file.js>",
    }),
    durability: Flags.option({
      options: ["fsync", "buffered"] as const,
      summary: "fsync: on the disk before it is said; buffered: survives kill -9 only (default: fsync, or the cluster's)",
    })(),
    reads: Flags.option({
      options: ["ordered", "fast"] as const,
      summary: "fast: submit --read needs no ordering, and writes wait for a quorum (default: ordered, or the cluster's)",
    })(),
    trace: Flags.option({
      options: ["full", "off"] as const,
      summary:
        "full: what happens is written down, for check, trace, explain, evidence and replay (default: full, or the cluster's)",
    })(),
    auth: Flags.option({
      options: ["signatures", "none"] as const,
      summary:
        "none: nothing is signed and ANYBODY CAN SPEAK FOR ANYBODY; for measuring only (default: signatures, or the cluster's)",
    })(),
    crypto: Flags.option({
      options: ["native", "noble"] as const,
      summary: "noble: signatures computed in JavaScript, 20 times as slowly, to compare (default: native, or the cluster's)",
    })(),
    clients: wholeNumberFlag({
      summary: "how many clients may be connected at once (default: 32, or the cluster's)",
      min: 32,
      max: 1000,
    }),
    fresh: Flags.boolean({ summary: "throw away the cluster that is there, with its data" }),
    detach: Flags.boolean({ char: "d", summary: "return when all replicas answer, and leave them running" }),
    port: wholeNumberFlag({
      summary: "replica i listens on this port + i (default: free ports)",
      min: 1024,
      max: 65_535,
      helpValue: "<base>",
    }),
    metrics: portsFlag({
      summary: "replica i serves metrics for Prometheus on this port + i; auto: on free ports (default: off, or the cluster's)",
    }),
    dashboard: Flags.boolean({ summary: "show the dashboard on a terminal", default: true, allowNo: true }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Up);
    refuseIdleCrypto(flags.auth, flags.crypto);
    await runCluster({
      request: {
        dir: flags.dir,
        faults: flags.f ?? null,
        protocol: flags.protocol ?? null,
        service: flags.service ?? null,
        durability: flags.durability ?? null,
        reads: flags.reads ?? null,
        trace: flags.trace ?? null,
        auth: flags.auth ?? null,
        crypto: flags.crypto ?? null,
        clients: flags.clients ?? null,
        basePort: flags.port ?? null,
        metrics: flags.metrics ?? null,
        fresh: flags.fresh,
      },
      detach: flags.detach,
      dashboard: flags.dashboard,
      replicaCommand: this.replicaCommand,
      output: new Output(flags.json),
    });
  }
}
