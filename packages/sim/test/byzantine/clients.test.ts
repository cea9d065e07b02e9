import {
  Client,
  type ClientEffect,
  type ClientInput,
  type ClientMessage,
  clientId,
  clientPrincipal,
  type ReplicaId,
  type SignedOf,
} from "@bft/core";
import { type PbftMessage, pbftCodec, type Request } from "@bft/core/pbft";
import { Random } from "@bft/sim";
import { expect } from "chai";
import fc from "fast-check";
import { type Envelope, TestCluster } from "../../../core/test/support/cluster.js";
import { byReplica } from "../../../core/test/support/forge.js";
import { fastPortsOf } from "../../../core/test/support/keys.js";
import { anyMessage } from "../../../core/test/support/messages.js";
import {
  CLIENT_BEHAVIOURS,
  type ClientBehaviour,
  type ClientLiarContext,
  createClientBehaviour,
} from "../../src/byzantine/clients/index.js";
import { meddleAlso, received } from "./received.js";
import { watched } from "./support.js";

const LIAR = 1;
const SHAPE = { self: clientId(LIAR), replicas: 4, faults: 1, window: 16 };

function contextOf(seed = 1): ClientLiarContext {
  return { ...SHAPE, ports: fastPortsOf(clientPrincipal(SHAPE.self)), random: new Random(seed) };
}

/** A client whose honest machine is inside and whose behaviour says what leaves. */
class LyingClient extends Client {
  readonly #behaviour: ClientBehaviour;

  constructor(behaviour: ClientBehaviour) {
    super(
      { ...SHAPE, answers: 2, liars: 1, asks: "primary-of-view", retryMs: 300, firstTimestamp: 1 as never, reads: "ordered" },
      fastPortsOf(clientPrincipal(SHAPE.self)),
    );
    this.#behaviour = behaviour;
  }

  override step(input: ClientInput): readonly ClientEffect[] {
    return this.#behaviour(input, super.step(input));
  }
}

interface Scene {
  readonly cluster: TestCluster;
  /** The requests of the liar, with what replicas relay of them left out. */
  readonly sent: { readonly to: number; readonly message: Request; readonly envelope: Envelope }[];
}

/** A cluster of correct replicas with an honest client 0 and a lying client 1, whose words arrive as they would over TCP. */
function clientIn(name: string, seed = 1): Scene {
  const cluster = new TestCluster({ ports: fastPortsOf });
  const liar = new LyingClient(createClientBehaviour(name, contextOf(seed)));
  cluster.clients[LIAR] = liar;
  for (let id = 0; id < 4; id++) liar.step({ kind: "link", replica: id as ReplicaId, up: true, hint: 0 });
  const sent: Scene["sent"] = [];
  meddleAlso(cluster, (envelope) => {
    const { from, to, signed } = envelope;
    if (from.role !== "client" || from.id !== LIAR) return [envelope];
    if (signed.kind === "request") sent.push({ to: to.id, message: signed.message, envelope });
    return received(envelope);
  });
  watched(cluster);
  return { cluster, sent };
}

/** Both clients at work; the honest one's answers must be right, and its counter must count each of its own requests once. */
function work({ cluster }: Scene, rounds: number): void {
  for (let i = 1; i <= rounds; i++) {
    if (cluster.clients[LIAR]?.canSubmit === true) cluster.submit(`set theirs ${i}`, LIAR);
    expect(cluster.ask(`set mine ${i}`).results).to.deep.equal([{ ok: true, value: "ok" }]);
    if (cluster.clients[LIAR]?.canSubmit === true) cluster.submit(["get theirs", `set other ${i}`], LIAR);
    expect(cluster.ask("get mine").results).to.deep.equal([{ ok: true, value: String(i) }]);
  }
  cluster.run(6000);
}

/** What each replica executed, one line a request. */
function histories(cluster: TestCluster): string[][] {
  return cluster.configs.map(({ self }) =>
    cluster
      .effectsOf(self, "executed")
      .flatMap(({ seq, requests }) =>
        requests.map(({ client, timestamp, operations, results }) =>
          JSON.stringify([seq, client, timestamp, operations, results]),
        ),
      ),
  );
}

function executedOfLiar(cluster: TestCluster): { readonly timestamp: number; readonly operations: readonly string[] }[] {
  return cluster.effectsOf(0, "executed").flatMap(({ requests }) => requests.filter(({ client }) => client === LIAR));
}

const isSigned = ({ envelope }: Scene["sent"][number]): boolean =>
  fastPortsOf(clientPrincipal(SHAPE.self)).verify(envelope.signed.signer, envelope.signed.payload, envelope.signed.signature);

/** What of one timestamp went to whom, for timestamps that all replicas heard of. */
function versions(sent: Scene["sent"]): Map<number, Map<number, string>> {
  const told = new Map<number, Map<number, string>>();
  for (const each of sent) {
    const to = told.get(each.message.timestamp) ?? new Map<number, string>();
    to.set(each.to, JSON.stringify([each.message.operations, each.message.readOnly, isSigned(each)]));
    told.set(each.message.timestamp, to);
  }
  return told;
}

const TOLD: Readonly<Record<string, (scene: Scene) => void>> = {
  "same-timestamp": ({ cluster, sent }) => {
    expect(sent.every(isSigned)).to.equal(true);
    for (const [timestamp, told] of versions(sent)) {
      expect([...told.keys()].sort()).to.deep.equal([0, 1, 2, 3]);
      expect(new Set(told.values()).size, `requests under timestamp ${timestamp}`).to.equal(2);
    }
    expect(executedOfLiar(cluster).length).to.be.greaterThan(10);
  },
  "split-request": ({ cluster, sent }) => {
    for (const [timestamp, told] of versions(sent)) expect(new Set(told.values()).size, `under ${timestamp}`).to.equal(4);
    expect(executedOfLiar(cluster).length).to.be.greaterThan(10);
  },
  "backwards-timestamps": ({ cluster, sent }) => {
    const firsts = [...new Set(sent.map(({ message }) => message.timestamp as number))];
    expect(firsts).to.deep.equal([...firsts].sort((a, b) => b - a));
    expect(firsts.length).to.be.greaterThan(10);
    expect(executedOfLiar(cluster).length).to.be.greaterThan(10);
  },
  "maximal-timestamps": ({ cluster, sent }) => {
    for (const { message } of sent) expect(message.timestamp).to.be.within(Number.MAX_SAFE_INTEGER - 16, Number.MAX_SAFE_INTEGER);
    expect(executedOfLiar(cluster).length).to.be.greaterThan(10);
  },
  "replay-requests": ({ cluster, sent }) => {
    const again = sent.length - new Set(sent.map(({ message }) => message.timestamp)).size;
    expect(again).to.be.greaterThan(20);
    const told = [0, 1, 2, 3].flatMap((id) => cluster.effectsOf(id, "dropped").map(({ reason }) => reason));
    expect(told).to.include("request-already-executed");
    expect(executedOfLiar(cluster).length).to.be.greaterThan(10);
  },
  "bad-signatures": ({ cluster, sent }) => {
    expect(sent.length).to.be.greaterThan(10);
    expect(sent.some(isSigned)).to.equal(false);
    expect(executedOfLiar(cluster)).to.deep.equal([]);
  },
};

describe("the catalogue of client lies", () => {
  it("names each behaviour once and says what it sends and what must hold", () => {
    expect(CLIENT_BEHAVIOURS.map(({ name }) => name)).to.deep.equal(Object.keys(TOLD));
    for (const { summary, holds } of CLIENT_BEHAVIOURS) {
      expect(summary).to.have.length.greaterThan(20);
      expect(holds).to.have.length.greaterThan(20);
    }
  });

  it("refuses a name that is not in it, and says which are", () => {
    expect(() => createClientBehaviour("fib", contextOf())).to.throw(
      RangeError,
      /no client behaviour "fib"; there are: same-timestamp, split-request/,
    );
  });

  for (const name of Object.keys(TOLD))
    for (const seed of [1, 2])
      it(`${name}, seed ${seed}: told; the other client is served right, all execute alike and once, no view change`, () => {
        const scene = clientIn(name, seed);
        work(scene, 12);
        TOLD[name]?.(scene);
        const [first, ...others] = histories(scene.cluster);
        for (const each of others) expect(each).to.deep.equal(first);
        const requests = scene.cluster.effectsOf(0, "executed").flatMap((effect) => effect.requests);
        expect(new Set(requests.map(({ client, timestamp }) => `${client}/${timestamp}`)).size).to.equal(requests.length);
        expect(requests.filter(({ client }) => client === 0)).to.have.length(24);
        for (const id of [0, 1, 2, 3]) expect(scene.cluster.status(id).view).to.equal(0);
      });

  for (const name of Object.keys(TOLD))
    it(`${name} with the primary killed on the way: the same`, () => {
      const scene = clientIn(name);
      work(scene, 6);
      scene.cluster.kill(0);
      work(scene, 8);
      TOLD[name]?.(scene);
      scene.cluster.start(0);
      scene.cluster.run(5000);
      const last = scene.cluster.configs.map(({ self }) => scene.cluster.status(self).lastExecuted);
      expect(new Set(last).size).to.equal(1);
      const [, one, ...others] = histories(scene.cluster);
      for (const each of others) expect(each).to.deep.equal(one);
    });

  for (const name of Object.keys(TOLD))
    it(`${name} survives five hundred hostile inputs`, () => {
      const context = contextOf();
      const behaviour = createClientBehaviour(name, context);
      const client = new Client(
        { ...SHAPE, answers: 2, liars: 1, asks: "primary-of-view", retryMs: 300, firstTimestamp: 1 as never, reads: "ordered" },
        context.ports,
      );
      const give = (input: ClientInput, more: readonly ClientEffect[]): void => {
        const honest = [...client.step(input), ...more];
        for (const effect of behaviour(input, honest))
          if (effect.kind === "send" && !honest.includes(effect))
            expect(effect.signed.signer).to.deep.equal(clientPrincipal(SHAPE.self));
      };
      for (let id = 0; id < 4; id++) give({ kind: "link", replica: id as ReplicaId, up: true, hint: null }, []);
      for (const [i, message] of fc.sample(anyMessage, { numRuns: 500, seed: 7 }).entries()) {
        const signed = byReplica(i % 4, message) as SignedOf<PbftMessage>;
        const payload = pbftCodec.encode(message);
        const own = { ...signed, signer: clientPrincipal(SHAPE.self), payload } as SignedOf<PbftMessage>;
        give(
          { kind: "message", signed: signed as unknown as SignedOf<ClientMessage> },
          own.kind === "request" ? [{ kind: "send", to: 2 as ReplicaId, signed: own }] : [],
        );
        if (client.canSubmit) give({ kind: "submit", operations: [`set k ${i}`] }, []);
        if (i % 10 === 0) give({ kind: "timer-fired", timer: "retry 1" }, []);
      }
    });
});
