import type { MessageBase, Protocol } from "@bft/core";
import { CrashCluster } from "./crash-cluster.js";
import { Random } from "./random.js";

/** What a run did, so that a test can assert that it did something. */
export interface Hunted {
  readonly checks: number;
  readonly crashes: number;
  readonly tornOff: number;
  readonly wiped: number;
  readonly installed: number;
  readonly viewsEntered: number;
  readonly lost: number;
}

const CLIENTS = 2;

/**
 * One seeded run: up to f replicas at a time crash (some in the midst of a step, some with a torn log, one may lose its disk for good),
 * links lose, double, delay and reorder, and the network falls apart; then everything heals. Safety is judged all along, and at
 * the end every request must have been answered and every replica be equally far.
 */
export function hunt<M extends MessageBase>(protocol: Protocol<M>, seed: number): Hunted {
  const random = new Random(seed);
  const faults = random.chance(0.3) ? 2 : 1;
  const gathers = random.chance(0.4);
  const cluster = new CrashCluster(protocol, {
    faults,
    clients: CLIENTS,
    config: {
      checkpointInterval: random.pick([2, 4, 8]),
      viewChangeTimeoutMs: random.pick([50, 300, 1000]),
      pipelineDepth: random.pick([1, 2, 4]),
      batchBytesMax: random.pick([1024, 65_536]),
    },
    gatherMs: () => (gathers ? random.below(40) : 0),
    saveDelayMs: () => random.pick([0, 0, 100, 2000]),
  });
  const count = { crashes: 0, tornOff: 0, wiped: 0, lost: 0 };
  const down = new Set<number>();
  const gone = new Set<number>();
  const [loss, twice, delayMaxMs] = [random.pick([0, 0.05, 0.4]), random.pick([0, 0.1]), random.pick([1, 30, 150])];
  cluster.meddle = (envelope) => {
    if (random.chance(loss)) {
      count.lost += 1;
      return [];
    }
    const copies = random.chance(twice) ? [envelope, envelope] : [envelope];
    return copies.map((each) => ({ ...each, delayMs: 1 + random.below(delayMaxMs) }));
  };
  const mayCrash = () => cluster.up().filter((id) => !gone.has(id) && down.size + gone.size < faults);
  const onCrash = (id: number) => {
    count.crashes += 1;
    down.add(id);
    const mayLose = gone.size < faults - (faults > 1 ? 1 : 0);
    if (mayLose && random.chance(0.1)) {
      cluster.wipe(id);
      count.wiped += 1;
      gone.add(id);
      down.delete(id);
    }
    cluster.after(random.below(3000), () => {
      if (cluster.replicas[id] === null) cluster.start(id);
      down.delete(id);
    });
  };
  // The end of a replica within a step is only seen from outside afterwards.
  let chanceOfCrash = 0.004;
  cluster.crashAfter = (id) => {
    if (!mayCrash().includes(id) || !random.chance(chanceOfCrash)) return false;
    cluster.after(0, () => onCrash(id));
    down.add(id);
    return true;
  };
  const submitted = Array.from({ length: CLIENTS }, () => 0);
  const submit = (client: number): void => {
    if (!cluster.clients[client]?.canSubmit) return;
    const count = (submitted[client] ?? 0) + 1;
    submitted[client] = count;
    cluster.submit(random.pick([`set k${random.below(5)} ${client}.${count}`, `get k${random.below(5)}`]), client);
  };
  for (let round = 0; round < 30; round++) {
    for (let i = random.below(6); i > 0; i--) submit(random.below(CLIENTS));
    cluster.run(random.below(400));
    const crashable = mayCrash();
    if (crashable.length > 0 && random.chance(0.25)) {
      const id = random.pick(crashable);
      const torn = random.below(4);
      count.tornOff += Math.min(torn, cluster.disk(id).tail);
      cluster.kill(id, torn);
      onCrash(id);
    }
    if (random.chance(0.15)) {
      const ids = cluster.configs.map(({ self }) => self as number);
      const group = ids.filter(() => random.chance(0.5));
      cluster.partition(
        group,
        ids.filter((id) => !group.includes(id)),
      );
    } else if (random.chance(0.4)) cluster.heal();
  }
  cluster.heal();
  cluster.meddle = (envelope) => [envelope];
  chanceOfCrash = 0;
  cluster.run(3001);
  for (let client = 0; client < CLIENTS; client++) submit(client);
  const answered = () => submitted.every((count, client) => cluster.answered(client) === count);
  cluster.runUntil(answered, 120_000);
  const level = () => new Set(cluster.configs.map((_, id) => cluster.status(id).lastExecuted)).size === 1;
  cluster.runUntil(level, 60_000);
  const effects = cluster.effects.flat();
  const counted = (kind: string) => effects.filter((effect) => effect.kind === kind).length;
  return {
    ...count,
    checks: cluster.safety.checks,
    installed: counted("state-installed"),
    viewsEntered: counted("view-entered"),
  };
}
