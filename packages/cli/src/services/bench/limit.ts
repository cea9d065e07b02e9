/** What is known of a run when it is asked what limited it. Shares are from 0 to 1. */
export interface LimitFacts {
  /** Requests a second that were asked for, and that were answered; null in a closed loop. */
  readonly offered: { readonly wanted: number; readonly got: number } | null;
  readonly clients: number;
  /** Of the time in which the event loop of the clients' process was busy. */
  readonly clientLoop: number;
  /** Of all cores' time in which they worked, for whomever. */
  readonly cores: number;
  /** How many cores there are, and how many of them the replicas and the clients kept busy on average. */
  readonly coreCount: number;
  readonly replicaCores: number;
  readonly clientCores: number;
  /** Of the time in which the replica that waits most for its disk waited for it. */
  readonly disk: number;
  /** Of the looks at the primary in which its window (H, §4.3) was full. */
  readonly window: number;
  readonly unanswered: number;
  readonly operations: number;
}

export type Limit = "nothing-answered" | "rate" | "client" | "cpu" | "disk" | "window" | "latency";

const FULL = 0.9;
const MOSTLY = 0.6;

/** The first of these that holds, and a sentence for a person. */
export function limitOf(facts: LimitFacts): { readonly limit: Limit; readonly sentence: string } {
  const { offered, clients, clientLoop, cores, coreCount, replicaCores, clientCores, disk, window, operations } = facts;
  if (operations === 0)
    return { limit: "nothing-answered", sentence: "Nothing was answered: the cluster does not serve; see: bft status." };
  if (offered !== null && offered.got >= 0.97 * offered.wanted)
    return {
      limit: "rate",
      sentence: `Limited by the rate that was asked for: the cluster kept up with it; ask for more with --rate.`,
    };
  if (clientLoop >= FULL)
    return {
      limit: "client",
      sentence: `Limited by the clients: their one process was busy ${percent(clientLoop)} of the time, so the replicas may be faster than this shows.`,
    };
  if (cores >= FULL)
    return {
      limit: "cpu",
      sentence: `Limited by the processor: ${percent(cores)} of ${coreCount} cores were busy, the replicas had ${figure(replicaCores)} of them, the clients ${figure(clientCores)}.`,
    };
  if (disk >= MOSTLY)
    return {
      limit: "disk",
      sentence: `Limited by the disk: a replica waited ${percent(disk)} of the time until its records were durable.`,
    };
  if (window >= MOSTLY)
    return {
      limit: "window",
      sentence: `Limited by the window: in ${percent(window)} of the looks the primary had used up all numbers to H (§4.3).`,
    };
  return {
    limit: "latency",
    sentence: `Limited by waiting: ${clients === 1 ? "the client waits" : `${clients} clients wait`} for answers while only ${percent(cores)} of ${coreCount} cores are busy; more --clients would be served.`,
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function figure(value: number): string {
  return value.toFixed(1);
}
