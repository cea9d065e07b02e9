import {
  type Codec,
  type Effect,
  type Input,
  InvariantError,
  type Machine,
  type MachineStatus,
  type Ports,
  type Principal,
  principalName,
  type SignedOf,
} from "@bft/core";

const KINDS = ["ping", "pong", "echo", "relay", "speak", "tick", "stale", "late", "boom", "shout", "bulk"] as const;

/**
 * A message of the toy protocol. From a client: `ping` is persisted and then answered with pong, `echo` answered at once, `relay` broadcast as the
 * client signed it, `speak` broadcast as a pong of the replica's own with an attachment, `tick` starts a timer of n ms, `stale` dropped
 * before its signature is checked, `late` after, `boom` a bug, `shout` answered with n pongs, `bulk` with one that
 * carries n bytes.
 */
export interface ToyMessage {
  readonly kind: (typeof KINDS)[number];
  readonly n: number;
}

/** Five bytes: kind and n. */
export const toyCodec: Codec<ToyMessage> = {
  encode({ kind, n }) {
    const payload = new Uint8Array(5);
    payload[0] = KINDS.indexOf(kind);
    new DataView(payload.buffer).setUint32(1, n);
    return payload;
  },
  decode(payload) {
    const kind = KINDS[payload[0] ?? KINDS.length];
    if (payload.length < 5) return { ok: false, error: { code: "payload-truncated", detail: "" } };
    if (payload.length > 5) return { ok: false, error: { code: "payload-trailing-bytes", detail: "" } };
    if (kind === undefined) return { ok: false, error: { code: "payload-unknown-kind", detail: "" } };
    return { ok: true, message: { kind, n: new DataView(payload.buffer, payload.byteOffset).getUint32(1) } };
  },
};

/** A signed message of the toy protocol. */
export function toySigned(
  ports: Ports,
  signer: Principal,
  message: ToyMessage,
  attachment: Uint8Array | null = null,
): SignedOf<ToyMessage> {
  const payload = toyCodec.encode(message);
  return { kind: message.kind, signer, message, payload, signature: ports.sign(payload), attachment };
}

/** The toy protocol's replica. `seen` lists what it stepped: "ping 3 by client 0 via replica 1", "timer tick". */
export class ToyMachine implements Machine<ToyMessage> {
  readonly seen: string[] = [];
  view = 0;
  readonly #self: Principal;
  readonly #ports: Ports;

  constructor(self: Principal, ports: Ports) {
    this.#self = self;
    this.#ports = ports;
  }

  reasonToDrop(_from: Principal, { kind }: ToyMessage): string | null {
    return kind === "stale" ? "toy-stale" : null;
  }

  step(input: Input<ToyMessage>): readonly Effect<ToyMessage>[] {
    if (input.kind === "start") return this.#saw("start", []);
    if (input.kind === "timer-fired") return this.#saw(`timer ${input.timer}`, []);
    const { signed, via } = input;
    const { kind, n } = signed.message;
    const name = `${kind} ${n} by ${principalName(signed.signer)} via ${principalName(via)}`;
    this.seen.push(name);
    return signed.signer.role === "client" ? this.#answer(signed, signed.signer.id) : [];
  }

  inspect(): MachineStatus {
    return { view: this.view } as MachineStatus;
  }

  #saw(what: string, effects: readonly Effect<ToyMessage>[]): readonly Effect<ToyMessage>[] {
    this.seen.push(what);
    return effects;
  }

  #answer(signed: SignedOf<ToyMessage>, to: (Principal & { role: "client" })["id"]): readonly Effect<ToyMessage>[] {
    const { kind, n } = signed.message;
    const pong = (): Effect<ToyMessage> => ({ kind: "reply", to, signed: this.#own({ kind: "pong", n }, null) });
    switch (kind) {
      case "ping":
        return [{ kind: "persist", record: signed.payload, sync: true }, pong()];
      case "echo":
        return [pong()];
      case "bulk":
        return [{ kind: "reply", to, signed: this.#own({ kind: "pong", n }, new Uint8Array(n)) }];
      case "shout":
        return Array.from({ length: n }, pong);
      case "relay":
        return [{ kind: "broadcast", signed }];
      case "speak":
        return [{ kind: "broadcast", signed: this.#own({ kind: "pong", n }, new Uint8Array(n)) }];
      case "tick":
        return [
          { kind: "start-timer", timer: "never", delayMs: 60_000 },
          { kind: "start-timer", timer: "tick", delayMs: 60_000 },
          { kind: "start-timer", timer: "tick", delayMs: n },
          { kind: "cancel-timer", timer: "never" },
        ];
      case "late":
        return [{ kind: "dropped", from: signed.signer, message: kind, reason: "toy-late" }];
      case "boom":
        throw new InvariantError("boom");
      default:
        return [];
    }
  }

  #own(message: ToyMessage, attachment: Uint8Array | null): SignedOf<ToyMessage> {
    return toySigned(this.#ports, this.#self, message, attachment);
  }
}
