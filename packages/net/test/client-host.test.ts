import type { ReplicaId, SignedOf } from "@bft/core";
import { ClientHost, type ClientMachine, type ClientNetEffect, type ClientNetInput, type PeerAddress, portsOf } from "@bft/net";
import { expect } from "chai";
import { client, closeAll, listen, replica, startAll, ToyKeys, type ToyReplica } from "./support/cluster.js";
import { acceptRaw, closeRaw, listenRaw, type RawPeer } from "./support/raw-peer.js";
import { type ToyMessage, toyCodec, toySigned } from "./support/toy.js";
import { until } from "./support/wait.js";

const keys = new ToyKeys(3, 1);

interface Submit {
  readonly kind: "submit";
  readonly n: number;
}

interface Heard {
  readonly kind: "heard";
  readonly what: string;
}

type In = ClientNetInput<ToyMessage> | Submit;
type Out = ClientNetEffect<ToyMessage> | Heard;

/** Sends an echo to all replicas that are up and says what it hears; n = 1000 is a bug. */
class ToyClient implements ClientMachine<ToyMessage, Submit, Heard> {
  readonly up = new Map<ReplicaId, number | null>();

  step(input: In): readonly Out[] {
    switch (input.kind) {
      case "submit":
        return this.#submit(input.n);
      case "message":
        return [{ kind: "heard", what: `pong ${input.signed.message.n} by replica ${input.signed.signer.id}` }];
      case "timer-fired":
        return [{ kind: "heard", what: `timer ${input.timer}` }];
      case "link":
        if (input.up) this.up.set(input.replica, input.hint);
        else this.up.delete(input.replica);
        return [];
    }
  }

  #submit(n: number): readonly Out[] {
    if (n === 1000) throw new Error("a bug");
    const signed = toySigned(portsOf(keys.keyring(client(0))), client(0), { kind: "echo", n });
    return [
      ...[...this.up.keys()].map((to): Out => ({ kind: "send", to, signed })),
      { kind: "start-timer", timer: "retry", delayMs: 1 },
      { kind: "start-timer", timer: "never", delayMs: 1 },
      { kind: "cancel-timer", timer: "never" },
    ];
  }
}

const open: { close(): void }[] = [];

afterEach(async () => {
  for (const host of open.splice(0)) host.close();
  await closeRaw();
  await closeAll();
});

function start(replicas: readonly PeerAddress[], more: { reasonToDrop?: () => string | null } = {}) {
  const heard: string[] = [];
  const fatal: unknown[] = [];
  const machine = new ToyClient();
  const host = new ClientHost<ToyMessage, Submit, Heard>({
    machine,
    codec: toyCodec,
    keyring: keys.keyring(client(0)),
    replicas,
    onResult: ({ what }) => heard.push(what),
    onFatal: (error) => fatal.push(error),
    ...more,
  });
  open.push(host);
  host.start();
  return { host, machine, heard, fatal };
}

const pongs = (heard: readonly string[]) => heard.filter((what) => what.startsWith("pong")).sort();

describe("ClientHost", () => {
  it("dials all replicas, learns their hints, sends to all and hears all", async () => {
    const replicas = await startAll(keys, 3);
    replicas.forEach(({ machine }, i) => {
      machine.view = 10 + i;
    });
    const { host, machine, heard } = start(replicas.map(({ address }) => address));
    await until("three links", () => machine.up.size === 3);
    expect([...machine.up].sort()).to.deep.equal([
      [0, 10],
      [1, 11],
      [2, 12],
    ]);
    host.input({ kind: "submit", n: 5 });
    await until("three replies and the timer", () => heard.length === 4);
    expect(pongs(heard)).to.deep.equal(["pong 5 by replica 0", "pong 5 by replica 1", "pong 5 by replica 2"]);
    expect(heard).to.include("timer retry");
    expect(host.stats()).to.deep.include({ messagesIn: 3, messagesOut: 3, refused: {}, dropped: {} });
  });

  it("tells of a link that goes down and comes up again", async () => {
    const [first] = await startAll(keys, 1);
    if (first === undefined) throw new Error("no replica");
    const { machine } = start([first.address]);
    await until("the link", () => machine.up.size === 1);
    await first.host.close();
    await until("the loss", () => machine.up.size === 0);
    const again = await listen(keys, 0, { port: first.address.port });
    again.machine.view = 3;
    again.host.start([]);
    await until("the link again", () => machine.up.get(again.id) === 3);
  });

  it("drops what it has no use for before the signature check", async () => {
    const replicas: ToyReplica[] = await startAll(keys, 1);
    const { host, machine, heard } = start(
      replicas.map(({ address }) => address),
      { reasonToDrop: () => "toy-enough" },
    );
    await until("the link", () => machine.up.size === 1);
    host.input({ kind: "submit", n: 5 });
    await until("the drop", () => host.stats().dropped["toy-enough"] === 1);
    expect(pongs(heard)).to.deep.equal([]);
  });

  it("a bug of the machine ends it", async () => {
    const { host, machine, fatal } = start((await startAll(keys, 1)).map(({ address }) => address));
    await until("the link", () => machine.up.size === 1);
    host.input({ kind: "submit", n: 1000 });
    host.input({ kind: "submit", n: 1 });
    expect(fatal.map(String)).to.deep.equal(["Error: a bug"]);
    expect(host.stats().links[0]?.connected).to.equal(false);
  });

  /** A false replica 0 that welcomes and then says what a test wants. */
  async function falseReplica(say: (peer: RawPeer) => void): Promise<PeerAddress> {
    const port = await listenRaw((peer) => void serve(peer));
    async function serve(peer: RawPeer): Promise<void> {
      await acceptRaw(peer, keys.keyring(replica(0)));
      say(peer);
    }
    return { id: replica(0).id, host: "127.0.0.1", port };
  }

  const pong = (by: number): SignedOf<ToyMessage> =>
    toySigned(portsOf(keys.keyring(replica(by))), replica(by), { kind: "pong", n: 1 });
  const refusals: readonly (readonly [reason: string, title: string, say: (peer: RawPeer) => void])[] = [
    [
      "signature-invalid",
      "a reply with another's signature",
      (peer) => peer.sendSigned({ ...pong(0), signature: pong(1).signature }),
    ],
    ["foreign-sender", "another replica's reply", (peer) => peer.sendSigned(pong(1))],
    ["unknown-sender", "a reply of nobody", (peer) => peer.sendSigned({ ...pong(0), signer: replica(7) })],
    ["envelope-truncated", "garbage", (peer) => peer.send(new Uint8Array(5))],
    ["payload-truncated", "a reply cut short", (peer) => peer.sendSigned({ ...pong(0), payload: new Uint8Array(2) })],
  ];
  for (const [reason, title, say] of refusals) {
    it(`${reason}: ${title}`, async () => {
      const address = await falseReplica((peer) => {
        say(peer);
        peer.sendSigned(pong(0));
      });
      const { host, heard } = start([address]);
      await until("the good reply", () => heard.length === 1);
      expect(host.stats().refusedByPeer).to.deep.equal({ "replica 0": { [reason]: 1 } });
    });
  }

  it("no-such-replica: a machine that sends to nobody", async () => {
    const { host, machine } = start((await startAll(keys, 1)).map(({ address }) => address));
    await until("the link", () => machine.up.size === 1);
    machine.up.set(replica(9).id, 0);
    host.input({ kind: "submit", n: 1 });
    expect(host.stats().refusedByPeer).to.deep.equal({ "replica 9": { "no-such-replica": 1 } });
  });
});
