import { Args, Flags } from "@oclif/core";
import { BftCommand } from "../base-command.js";
import { misuse } from "../errors.js";
import { durationFlag, shareFlag } from "../flags.js";
import { Output } from "../output.js";
import { dirFlag } from "../services/cluster.js";
import { clearLinks, impair, impairmentOf } from "../services/link-faults.js";
import { directionsOf } from "../services/partition-plan.js";
import { span } from "../view/line.js";
import { faultNotes, healNotes, linkLines } from "../view/link-faults.js";

export default class Link extends BftCommand {
  static override summary = "make the link between two replicas slow or lossy";
  static override description =
    `What is not named is off: each call takes the place of the one before. A cut of bft partition stays; --off undoes that too. The
fault is made where a message leaves, after it was signed; the connection stays up. Order is kept, unless --reorder says otherwise. A
replica that is restarted comes back without faults.
With --json: {links: [{from, to}], impairment, told, notTold: [{replica, state}], done}; impairment is null with --off.
Exit code 1: a replica is down, paused or silent, and the other end of the link could not be told either, or with --off: a replica
that is paused or silent keeps its fault (done is false).`;
  static override examples = [
    "<%= config.bin %> link 0 2 --delay 50ms --jitter 10ms",
    "<%= config.bin %> link 0 2 --drop 0.1 --duplicate 0.05 --reorder 0.1",
    {
      command: "<%= config.bin %> link 0 2 --drop 1 --one-way",
      description: "replica 2 hears nothing from replica 0, and 0 hears 2",
    },
    "<%= config.bin %> link 0 2 --off",
  ];
  static override args = {
    from: Args.string({ required: true, description: "id of a replica, such as 0" }),
    to: Args.string({ required: true, description: "id of the replica at the other end" }),
  };
  static override flags = {
    delay: durationFlag({ summary: "how much later everything arrives" }),
    jitter: durationFlag({ summary: "up to so much later still, at random" }),
    drop: shareFlag({ summary: "share of the messages that are lost" }),
    duplicate: shareFlag({ summary: "share of the messages that are sent twice" }),
    reorder: shareFlag({ summary: "share of the messages that are held back, so that later ones overtake them" }),
    "one-way": Flags.boolean({ summary: "only what the first replica sends to the second" }),
    off: Flags.boolean({ summary: "nothing is wrong with this link any more" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Link);
    const { delay: delayMs, jitter: jitterMs, drop, duplicate, reorder, off } = flags;
    const asked = { delayMs, jitterMs, drop, duplicate, reorder };
    if (off && Object.values(asked).some((value) => value !== undefined))
      throw misuse("--off leaves nothing wrong with the link; leave the other flags out");
    const impairment = off ? null : impairmentOf(asked);
    const cluster = await this.openCluster(flags.dir);
    const links = directionsOf(args.from, args.to, flags["one-way"], cluster.config);
    const telling = impairment === null ? await clearLinks(cluster, links) : await impair(cluster, links, impairment);
    const output = new Output(flags.json);
    const flag = dirFlag(cluster.dir);
    output.object({ links, impairment, ...telling });
    if (telling.told.length > 0) output.lines(linkLines(links, impairment && { ...impairment, cut: false }, flag));
    for (const note of (impairment === null ? healNotes : faultNotes)(telling, flag)) output.note(span(note, "warn"));
    if (!telling.done) this.exit(1);
  }
}
