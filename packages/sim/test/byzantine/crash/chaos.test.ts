import {
  type ClientId,
  clientCodec,
  clientPrincipal,
  type Effect,
  type Input,
  type Machine,
  type MessageBase,
  NOTHING_SAVED,
  type Principal,
  type Protocol,
  type ProtocolName,
  type ReplicaId,
  type Request,
  replicaPrincipal,
  SERVICES,
  type Service,
  type Signed,
  type SignedOf,
  type Timestamp,
} from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { Random } from "@bft/sim";
import { behavioursOf, createBehaviour } from "@bft/sim/byzantine";
import { expect } from "chai";
import { fastPortsOf } from "../../../../core/test/support/keys.js";
import { contextOf } from "../support.js";
import { configOf } from "./config.js";

type AnyEffect = Effect<MessageBase>;
type Step = (input: Input<MessageBase>) => readonly AnyEffect[];

interface Letter {
  readonly to: number;
  readonly signed: Signed;
  readonly via: Principal;
}

const STEPS = 1500;
const LETTERS_MAX = 400;

/**
 * Three replicas of which some lie, in a world without order: what arrives next, which timer fires next, and what comes twice is drawn.
 * Nobody is judged; only what throws, and what leaves a replica, is looked at.
 */
class Chaos {
  /** Messages that a receiver could read, and those that it could not. */
  readonly heard = { read: 0, refused: 0 };
  readonly #protocol: Protocol;
  readonly #random: Random;
  readonly #lies: ReadonlyMap<number, string>;
  readonly #steps: Step[] = [];
  readonly #machines: Machine<MessageBase>[] = [];
  readonly #letters: Letter[] = [];
  readonly #timers = new Set<string>();
  #timestamp = 0;

  /** @param lies by replica */
  constructor(name: ProtocolName, lies: ReadonlyMap<number, string>, seed: number) {
    this.#protocol = protocolNamed(name);
    this.#random = new Random(seed);
    this.#lies = lies;
    for (let id = 0; id < 3; id++) {
      const config = configOf(id);
      const ports = fastPortsOf(replicaPrincipal(config.self));
      const machine = this.#protocol.replica(config, ports, SERVICES.get("kv") as Service, NOTHING_SAVED);
      this.#machines.push(machine);
      const lie = lies.get(id) ?? null;
      const context = contextOf(config, [...lies.keys()], seed, fastPortsOf);
      const behaviour = lie === null ? null : createBehaviour(name, lie, context);
      this.#steps.push((input) => {
        const honest = machine.step(input);
        return behaviour === null ? honest : behaviour(input, honest);
      });
    }
    for (let id = 0; id < 3; id++) this.#give(id, { kind: "start" });
  }

  /** How far the correct replicas have got. */
  get executed(): number {
    const correct = this.#machines.filter((_, id) => !this.#lies.has(id));
    return Math.max(...correct.map((machine) => machine.inspect().lastExecuted));
  }

  step(): void {
    const draw = this.#random.next();
    const timers = [...this.#timers];
    if (draw < 0.1) this.#ask();
    else if ((draw < 0.16 || this.#letters.length === 0) && timers.length > 0) this.#fire(this.#random.pick(timers));
    else if (this.#letters.length > 0) this.#deliver();
  }

  #ask(): void {
    const client = this.#random.below(2) as ClientId;
    const timestamp = ++this.#timestamp as Timestamp;
    const message: Request = {
      kind: "request",
      client,
      timestamp,
      operations: [`set x ${timestamp}`],
      readOnly: false,
      oldest: timestamp,
      repliers: null,
    };
    const payload = clientCodec.encode(message);
    const signer = clientPrincipal(client);
    const signature = fastPortsOf(signer).sign(payload);
    const signed: Signed = { kind: "request", signer, message, payload, signature, attachment: null };
    for (let to = 0; to < 3; to++) this.#letters.push({ to, signed, via: signer });
  }

  #fire(name: string): void {
    this.#timers.delete(name);
    const [id, ...timer] = name.split("/");
    this.#give(Number(id), { kind: "timer-fired", timer: timer.join("/") });
  }

  #deliver(): void {
    const at = this.#random.below(this.#letters.length);
    const letter = this.#letters[at] as Letter;
    if (this.#random.chance(0.9)) this.#letters.splice(at, 1);
    this.#give(letter.to, { kind: "message", signed: letter.signed as SignedOf<MessageBase>, via: letter.via });
  }

  #give(id: number, input: Input<MessageBase>): void {
    const step = this.#steps[id] as Step;
    for (const effect of step(input)) this.#carryOut(id, effect);
  }

  #carryOut(id: number, effect: AnyEffect): void {
    if (effect.kind === "start-timer") this.#timers.add(`${id}/${effect.timer}`);
    if (effect.kind === "cancel-timer") this.#timers.delete(`${id}/${effect.timer}`);
    if (effect.kind === "reply") this.#read(effect.signed as Signed);
    if (effect.kind === "send") this.#post(id, effect.to, effect.signed as Signed);
    if (effect.kind !== "broadcast") return;
    for (let to = 0; to < 3; to++) if (to !== id) this.#post(id, to, effect.signed as Signed);
  }

  #post(from: number, to: number, signed: Signed): void {
    expect(to, "somebody else who exists").to.be.within(0, 2).and.not.equal(from);
    const read = this.#read(signed);
    if (read === null) return;
    this.#letters.push({ to, signed: read, via: replicaPrincipal(from as ReplicaId) });
    while (this.#letters.length > LETTERS_MAX) this.#letters.splice(this.#random.below(this.#letters.length), 1);
  }

  /** A message as its receiver reads it; nobody can sign for another one. */
  #read(signed: Signed): Signed | null {
    const { signer, payload, signature } = signed;
    expect(fastPortsOf(signer).verify(signer, payload, signature), "no forged signature").to.equal(true);
    const decoded = this.#protocol.codec.decode(payload);
    if (!decoded.ok) {
      this.heard.refused += 1;
      return null;
    }
    this.heard.read += 1;
    return { ...signed, kind: decoded.message.kind, message: decoded.message };
  }
}

/** As leader and as follower, alone and beside somebody who says anything. */
function castsWith(lie: string): readonly (readonly (readonly [number, string])[])[] {
  const noise = [2, "fuzz-any"] as const;
  return [0, 1].flatMap((liar) => [[[liar, lie] as const], [[liar, lie] as const, noise]]);
}

describe("a liar among crash-tolerant replicas, in a world without order", () => {
  for (const protocol of ["raft", "multipaxos"] as const)
    for (const { name } of behavioursOf(protocol))
      it(`${protocol}: ${name} never stops a correct replica by a bug, nor the liar itself`, () => {
        let [executed, read, refused] = [0, 0, 0];
        for (const cast of castsWith(name))
          for (const seed of [1, 2, 3]) {
            const chaos = new Chaos(protocol, new Map(cast), seed);
            for (let i = 0; i < STEPS; i++) chaos.step();
            executed += chaos.executed;
            read += chaos.heard.read;
            refused += chaos.heard.refused;
          }
        expect(read, "somebody speaks").to.be.greaterThan(200);
        if (name === "edge-values") expect(refused, "what no receiver can read").to.be.greaterThan(50);
        if (name !== "huge-view") expect(executed, "something happens").to.be.greaterThan(5);
      });
});
