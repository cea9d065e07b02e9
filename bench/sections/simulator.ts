import { CALM, drawPlan, type Pins, simulate } from "@bft/sim";
import { row, type Section } from "../report.js";

const SEEDS = 300;
/** One cluster at work without any trouble, for as long as it takes to order these. */
const LONG: Pins = { ...CALM, f: 1, replicas: 4, requests: 4_000, clients: 4, trouble: 60_000, checkpoint: 8, batch: 16 };

interface Pace {
  readonly cpuSeconds: number;
  readonly delivered: number;
  readonly simulatedSeconds: number;
}

/** How fast the simulator is on one core, every checker on. Required: 50,000 delivered messages a second, 100 times real time. */
export function simulator(): Section {
  // The first runs also compile.
  paceOf(40, {});
  const seeds = paceOf(SEEDS, {});
  const long = paceOf(1, LONG);
  const perSecond = seeds.delivered / seeds.cpuSeconds;
  return {
    title: `Simulator (one core, every checker on, seeds 1 to ${SEEDS} as they are drawn)`,
    about: "It must deliver 50,000 messages a second on one core and let 100 seconds pass in one, with every checker on.",
    rows: [
      row("messages delivered a second", perSecond, "/s"),
      row("the same in one long run without trouble", long.delivered / long.cpuSeconds, "/s", perSecond, "to the drawn seeds"),
      row("seeds a minute", (60 * SEEDS) / seeds.cpuSeconds, "/min"),
      row("simulated time to real time", seeds.simulatedSeconds / seeds.cpuSeconds, "times"),
    ],
  };
}

/** Seeds 1 to `seeds`; only the time of this process counts, not what others take of the machine. */
function paceOf(seeds: number, pins: Pins): Pace {
  const before = process.cpuUsage();
  let [delivered, simulatedMs] = [0, 0];
  for (let seed = 1; seed <= seeds; seed++) {
    const { stats, violation } = simulate(drawPlan(seed, pins));
    if (violation !== null) throw new Error(`seed ${seed} is broken: ${violation.what}`);
    delivered += stats.delivered;
    simulatedMs += stats.simulatedMs;
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuSeconds: (user + system) / 1e6, delivered, simulatedSeconds: simulatedMs / 1000 };
}
