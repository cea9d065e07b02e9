import { type MachineStatus, type Protocol, replicaId, replicaPrincipal, type Service } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { portsOf } from "@bft/net";
import type { ClusterConfig } from "../cluster-config.js";
import { serviceOf } from "../cluster-service.js";
import { ClusterError, reasonOf } from "../errors.js";
import { openKeyring } from "../keyring.js";
import { ClusterPaths } from "../paths.js";
import { bootId, traceNow } from "../trace/clock.js";
import { type RecordingPart, readRecording } from "./recording-reader.js";
import { Replay, type ReplayEvent } from "./replay.js";

/** Whose recording, and which of its lives; null: all. */
export interface ReplayWish {
  readonly dir: string;
  readonly cluster: ClusterConfig;
  readonly replica: number;
  readonly life: number | null;
}

/** One replica of a cluster, done again from its recording with its own key and service. Changes nothing. */
export class ReplicaReplay {
  readonly #wish: ReplayWish;
  readonly #replay: Replay;

  /** @throws ClusterError when its key or its service can not be used */
  constructor(wish: ReplayWish, protocolOf: (name: string) => Protocol = protocolNamed) {
    const { dir, cluster, replica } = wish;
    this.#wish = wish;
    const service: Service = serviceOf(dir, cluster, () => undefined);
    this.#replay = new Replay({
      ports: portsOf(keyringOf(wish, new ClusterPaths(dir).replicaKey(replica))),
      service,
      protocolOf,
    });
  }

  *events(): Generator<ReplayEvent> {
    yield* this.#replay.events(recordedParts(this.#wish));
  }

  /** Of the machine as it stands after the last event; null when there is none. */
  status(): MachineStatus | null {
    return this.#replay.status();
  }
}

/** What a recording holds, nothing of it done again. */
export function* recordedParts({ dir, cluster, replica, life }: ReplayWish): Generator<RecordingPart> {
  const folder = new ClusterPaths(dir).recording(replica);
  for (const part of readRecording({ folder, clusterId: cluster.clusterId, replica }))
    if (life === null || part.kind === "unreadable" || part.life === life)
      yield part.kind === "life" && part.base !== null && !fits(part.base.config, cluster, replica)
        ? { ...part, base: null, missing: "damaged" }
        : part;
}

/** When that was, in milliseconds of the machine's calendar clock; null for a time before its last start. */
export function calendarTime(at: number, boot: string | null): number | null {
  return boot === null || boot !== bootId() ? null : Date.now() - (traceNow() - at);
}

/** Whether it is a configuration of this replica. Limits and timeouts may have been others then. */
function fits(
  config: { readonly self: number; readonly replicas: number; readonly faults: number; readonly clients: number },
  cluster: ClusterConfig,
  replica: number,
): boolean {
  return (
    config.self === replica &&
    config.replicas === cluster.replicas.length &&
    config.faults === cluster.faults &&
    config.clients === cluster.clients.length
  );
}

function keyringOf({ cluster, replica }: ReplayWish, file: string) {
  try {
    return openKeyring(cluster, replicaPrincipal(replicaId(replica)), file);
  } catch (error) {
    throw new ClusterError(
      "cluster-damaged",
      `replica ${replica} can not be done again without its key, as it has to sign: ${reasonOf(error)}`,
      { cause: error },
    );
  }
}
