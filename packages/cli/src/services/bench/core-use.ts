import { cpus } from "node:os";

/** How busy the machine and this process were since it was made. Shares are from 0 to 1. */
export class CoreUse {
  readonly #machine = machineTimes();
  readonly #loop = performance.eventLoopUtilization();
  readonly #own = process.cpuUsage();

  /** Of all cores' time, that in which they worked. */
  cores(): number {
    const now = machineTimes();
    const all = now.all - this.#machine.all;
    return all === 0 ? 0 : 1 - (now.idle - this.#machine.idle) / all;
  }

  /** Of this process' time, that in which its event loop was busy. */
  ownLoop(): number {
    return performance.eventLoopUtilization(this.#loop).utilization;
  }

  /** Processor time of this process, milliseconds. */
  ownMs(): number {
    const { user, system } = process.cpuUsage(this.#own);
    return (user + system) / 1000;
  }
}

function machineTimes(): { readonly all: number; readonly idle: number } {
  let [all, idle] = [0, 0];
  for (const { times } of cpus()) {
    all += times.user + times.nice + times.sys + times.irq + times.idle;
    idle += times.idle;
  }
  return { all, idle };
}
