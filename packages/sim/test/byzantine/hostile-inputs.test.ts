import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { clientPrincipal, type Principal, type ReplicaConfig, replicaPrincipal, SERVICES, type Service } from "@bft/core";
import { type PbftMessage, PbftReplica, type PbftSigned, pbftCodec } from "@bft/core/pbft";
import { Random } from "@bft/sim";
import { behavioursOf, createPbftBehaviour } from "@bft/sim/byzantine";
import { expect } from "chai";
import fc from "fast-check";
import { TestCluster } from "../../../core/test/support/cluster.js";
import type { Behaviour, PbftEffect } from "../../../core/test/support/cluster-types.js";
import { batchOf, requestOf } from "../../../core/test/support/forge.js";
import { fastPortsOf } from "../../../core/test/support/keys.js";
import { anyMessage } from "../../../core/test/support/messages.js";
import { contextOf } from "./support.js";

type PbftInput = Parameters<Behaviour>[0];

/** Messages that a liar may keep over what an honest replica keeps. */
const KEPT_MAX = 160;

const TIMERS = ["status", "view-change", "", "lie: ", "lie: propose 0/1", "lie: twin status", "lie: twin view-change", "no such"];

/** Without it nobody could tell what is kept from what is not yet swept. */
function sweep(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

const ANY: readonly PbftMessage[] = fc.sample(anyMessage, { seed: 1, numRuns: 400 });

class Hostile {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** Any message of any member to any member, or a timer that may not even exist. */
  input(): PbftInput {
    if (this.#random.chance(0.15)) return { kind: "timer-fired", timer: this.#random.pick(TIMERS) };
    const signer = this.#anybody();
    const via = this.#random.chance(0.7) ? signer : this.#anybody();
    if (this.#random.chance(0.3)) return { kind: "message", signed: this.#proposal(), via: replicaPrincipal(0 as never) };
    const message = this.#random.chance(0.5) ? this.#random.pick(ANY) : this.#likely();
    return { kind: "message", signed: this.#signed(signer, message), via };
  }

  /** The primary of view 0 proposes, often twice for one number. */
  #proposal(): PbftSigned {
    const request = requestOf(`set x ${this.#random.below(3)}`, 0, 1 + this.#random.below(40));
    // The test's own keys are other ones.
    const { signer, payload } = request;
    const { digest, bytes } = batchOf({ ...request, signature: fastPortsOf(signer).sign(payload) });
    const message = { kind: "pre-prepare", view: 0, seq: 1 + this.#random.below(16), digest } as PbftMessage;
    return { ...this.#signed(replicaPrincipal(0 as never), message), attachment: bytes } as PbftSigned;
  }

  /** Votes, proposals and requests that a replica in view 0 takes in earnest. */
  #likely(): PbftMessage {
    const { digest } = batchOf(requestOf(`set x ${this.#random.below(3)}`, 0, 1 + this.#random.below(40)));
    const seq = (1 + this.#random.below(16)) as never;
    const kind = this.#random.pick(["pre-prepare", "prepare", "commit", "request", "status"] as const);
    if (kind === "request") return requestOf("set x 1", this.#random.below(2), 1 + this.#random.below(1_000_000)).message;
    if (kind === "status")
      return { kind, view: 0 as never, inView: true, lastExecuted: 0 as never, stableSeq: 0 as never, abstainsUntil: 0 as never };
    return { kind, view: this.#random.below(2) as never, seq, digest };
  }

  #signed(signer: Principal, message: PbftMessage): PbftSigned {
    const payload = pbftCodec.encode(message);
    const attachment = this.#random.chance(0.3) ? new Uint8Array(this.#random.below(100)) : null;
    const signature = fastPortsOf(signer).sign(payload);
    return { kind: message.kind, signer, message, payload, signature, attachment } as PbftSigned;
  }

  #anybody(): Principal {
    const id = this.#random.below(4) as never;
    return this.#random.chance(0.3) ? clientPrincipal((id % 2) as never) : replicaPrincipal(id);
  }
}

const CONFIGS = new TestCluster({ ports: fastPortsOf }).configs;

/** A replica with a behaviour around it, or an honest one. */
function liarOf(name: string | null, self: number): (input: PbftInput) => readonly PbftEffect[] {
  const config = CONFIGS[self] as ReplicaConfig;
  const replica = new PbftReplica(config, fastPortsOf(replicaPrincipal(config.self)), SERVICES.get("kv") as Service);
  if (name === null) return (input) => replica.step(input);
  const behaviour = createPbftBehaviour(name, contextOf(config, [0, 2], 7, fastPortsOf));
  return (input) => behaviour(input, replica.step(input));
}

/** How many of the messages that it got are still held after hostile inputs, at the end of the turn. */
async function keptBy(name: string | null, self: number, inputs: number): Promise<number> {
  const step = liarOf(name, self);
  const hostile = new Hostile(11);
  const given: WeakRef<object>[] = [];
  step({ kind: "start" });
  for (let i = 0; i < inputs; i++) {
    const input = hostile.input();
    if (input.kind === "message") given.push(new WeakRef(input.signed.payload));
    step(input);
  }
  await new Promise((done) => setImmediate(done));
  sweep();
  const held = given.filter((each) => each.deref() !== undefined).length;
  // Until here the liar itself has to live.
  step({ kind: "timer-fired", timer: "no such" });
  return held;
}

describe("liars among liars", () => {
  let honest: Promise<number>;

  before(() => {
    honest = keptBy(null, 2, 800);
  });

  for (const { name } of behavioursOf("pbft"))
    for (const self of [0, 2])
      it(`${name} as replica ${self} survives 500 hostile inputs, and says only what can be sent`, () => {
        const step = liarOf(name, self);
        const hostile = new Hostile(self + 1);
        step({ kind: "start" });
        for (let i = 0; i < 500; i++)
          for (const effect of step(hostile.input())) {
            if (effect.kind === "send") expect(effect.to).to.be.within(0, 3).and.not.equal(self);
            if (effect.kind === "send" || effect.kind === "broadcast" || effect.kind === "reply") {
              const { signer, payload, signature } = effect.signed;
              expect(
                fastPortsOf(replicaPrincipal(0 as never)).verify(signer, payload, signature),
                "no forged signature",
              ).to.equal(true);
            }
          }
      });

  for (const { name } of behavioursOf("pbft"))
    it(`${name} keeps a bounded number of messages, however many come`, async () => {
      expect(await keptBy(name, 2, 800)).to.be.at.most((await honest) + KEPT_MAX);
    });

  it("the count of what is kept can fail: a hoarder is seen", async () => {
    const hoard: object[] = [];
    const hostile = new Hostile(11);
    const given = Array.from({ length: 1_000 }, () => {
      const input = hostile.input();
      hoard.push(input);
      return new WeakRef(input);
    });
    await new Promise((done) => setImmediate(done));
    sweep();
    expect(given.filter((each) => each.deref() !== undefined)).to.have.length(hoard.length);
  });
});
