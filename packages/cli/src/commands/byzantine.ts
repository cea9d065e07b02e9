import type { ProtocolName } from "@bft/core";
import { PROTOCOL_NAMES } from "@bft/core/protocols";
import { behavioursOf, CLIENT_BEHAVIOURS } from "@bft/sim/byzantine";
import { Args, Flags } from "@oclif/core";
import { BftCommand } from "../base-command.js";
import { misuse } from "../errors.js";
import { wholeNumberFlag } from "../flags.js";
import { Output } from "../output.js";
import { behaviourNamed, clientBehaviourNamed, liarsOf } from "../services/behaviours.js";
import { tellClientLies } from "../services/client-lies.js";
import { clusterExists, dirFlag } from "../services/cluster.js";
import { behave } from "../services/faults.js";
import { groupOf } from "../services/partition-plan.js";
import { tooFewRun } from "../services/submit.js";
import { noteUnauthenticated } from "../services/unauthenticated.js";
import { inGroups } from "../view/behaviour-groups.js";
import { behaviourLines, honestLines, lieLines, tooManyLiars } from "../view/behaviours.js";
import { clientLiesLines } from "../view/client-lies.js";
import { span } from "../view/line.js";

/** Columns of the list where there is no terminal to ask. */
const LIST_COLUMNS = 80;

export default class Byzantine extends BftCommand {
  static override summary = "make replicas lie, or honest again; or let a client lie";
  static override description =
    `A replica that lies runs the honest protocol, and what it sends is changed. It signs with its own key only: it can lie, not forge.
Replicas that are named together are accomplices: they lie by a shared plan. A replica that is restarted comes back honest.
With client in place of an id, a client of the cluster sends a burst of requests, lies in its way, and the command tells how the
replicas answered; its keys in the service kv begin with "liar".
With --json: {replica, replicas, behaviour, liars}, liars being all that lie now; for a client {client, behaviour, liesTold, messages,
requests, timestamps, replies, needed, answered, refusedByService, contradicted, reasons}; with --list: {behaviours: [{group, name, summary, holds}]}.`;
  static override examples = [
    {
      command: "<%= config.bin %> byzantine 0",
      description: "replica 0 equivocates: as primary it proposes different batches to different replicas",
    },
    "<%= config.bin %> byzantine 2 wrong-reply",
    "<%= config.bin %> byzantine 2 --off",
    {
      command: "<%= config.bin %> byzantine 0,1 collude",
      description: "two liars with one plan; with f = 1 that is one too many",
    },
    { command: "<%= config.bin %> byzantine client same-timestamp", description: "a client lies; the replicas do not" },
    "<%= config.bin %> byzantine --list",
    { command: "<%= config.bin %> byzantine --list --protocol raft", description: "the lies that break Raft" },
  ];
  static override args = {
    replica: Args.string({ description: "id of the replica, such as 0, or of several: 0,1; or client" }),
    behaviour: Args.string({ description: "how it lies (default: equivocate, same-timestamp for a client); see --list" }),
  };
  static override flags = {
    off: Flags.boolean({ summary: "make it honest again" }),
    list: Flags.boolean({ summary: "explain each behaviour: what it sends, and what holds or breaks" }),
    protocol: Flags.option({
      options: PROTOCOL_NAMES,
      summary: "with --list: the lies of this protocol (default: the cluster's)",
    })(),
    requests: wholeNumberFlag({ summary: "how many requests a lying client makes", min: 1, max: 10_000, default: 20 }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Byzantine);
    const output = new Output(flags.json);
    if (flags.list) return this.#list(flags.protocol ?? (await this.#protocolIn(flags.dir)), output);
    if (flags.protocol !== undefined) throw misuse("--protocol goes with --list; a cluster has its own");
    if (args.replica === "client") return this.#client(args.behaviour ?? "same-timestamp", flags, output);
    if (flags.off && args.behaviour !== undefined) throw misuse("--off makes the replica honest; leave the behaviour out");
    if (args.behaviour !== undefined && /^[\d,]+$/.test(args.behaviour))
      throw misuse(`name several replicas with commas between them, such as: bft byzantine ${args.replica},${args.behaviour}`);
    if (args.replica === undefined)
      throw misuse("say which replica lies, such as: bft byzantine 0; the ways to lie: bft byzantine --list");
    const cluster = await this.openCluster(flags.dir);
    const { protocol } = cluster.config;
    const behaviour = flags.off ? null : behaviourNamed(protocol, args.behaviour ?? "equivocate");
    const replicas = [...new Set(groupOf(args.replica, cluster.config))];
    await behave(cluster, replicas, behaviour?.name ?? null);
    const liars = await liarsOf(cluster);
    output.object({ replica: replicas[0], replicas, behaviour: behaviour?.name ?? null, liars });
    const undo = `bft byzantine ${replicas.join(",")} --off${dirFlag(cluster.dir)}`;
    output.lines(behaviour === null ? honestLines(replicas) : lieLines(replicas, behaviour, undo, protocol));
    const warning = tooManyLiars(liars, cluster.config.faults, protocol);
    if (warning !== null) output.note(span(warning, "warn"));
    noteUnauthenticated(output, cluster.config);
  }

  async #client(name: string, flags: { dir: string; off: boolean; requests: number }, output: Output): Promise<void> {
    if (flags.off) throw misuse("a client lies for one run of this command only, so there is nothing to switch off");
    const behaviour = clientBehaviourNamed(name);
    const cluster = await this.openCluster(flags.dir);
    await tooFewRun(cluster);
    const lies = await tellClientLies(cluster, behaviour.name, flags.requests);
    output.object(lies);
    output.lines(clientLiesLines(lies, behaviour));
    noteUnauthenticated(output, cluster.config);
  }

  /** Of the cluster in the folder, if there is one. */
  async #protocolIn(dir: string): Promise<ProtocolName> {
    return (await clusterExists(dir)) ? (await this.openCluster(dir)).config.protocol : "pbft";
  }

  #list(protocol: ProtocolName, output: Output): void {
    const groups = inGroups([...behavioursOf(protocol), ...CLIENT_BEHAVIOURS]);
    output.object({ behaviours: groups.flatMap(({ behaviours }) => behaviours) });
    output.lines(behaviourLines(groups, process.stdout.isTTY ? process.stdout.columns : LIST_COLUMNS, protocol));
  }
}
