import { fromHex } from "@bft/core";
import { expect } from "chai";
import { client, closeAll, HOST, listen, replica, startOne, ToyKeys, type ToyReplica } from "./support/cluster.js";
import { ManualClock } from "./support/manual-clock.js";
import {
  closeRaw,
  dialProven,
  dialRaw,
  type HelloFields,
  hello,
  helloFields,
  listenRaw,
  proof,
  type RawPeer,
  welcome,
} from "./support/raw-peer.js";
import { turns, until } from "./support/wait.js";

const keys = new ToyKeys(2, 2);
const client0 = keys.keyring(client(0));

afterEach(async () => {
  await closeRaw();
  await closeAll();
});

describe("handshake: the acceptor", () => {
  it("welcomes a listed client with the view that its machine is in", async () => {
    const { address, machine } = await startOne(keys);
    machine.view = 0x01020304;
    const peer = await dialRaw(address);
    const sent = hello(helloFields(client0, 0));
    peer.send(sent);
    const challenge = await peer.take();
    peer.send(proof(client0, sent, challenge.subarray(1)));
    expect(await peer.take()).to.deep.equal(
      new Uint8Array(welcome(keys.keyring(replica(0)), sent, challenge.subarray(1), 0x01020304)),
    );
  });

  /** What a peer does instead of shaking hands; it must be refused with `code`, counted against an unproven peer. */
  const refusals: readonly (readonly [code: string, title: string, act: (peer: RawPeer) => Promise<void> | void])[] = [
    ["handshake-malformed", "a message before the handshake", (peer) => peer.send(new Uint8Array(80))],
    ["handshake-malformed", "an empty frame", (peer) => peer.send(new Uint8Array(0))],
    ["handshake-malformed", "a hello one byte short", (peer) => peer.send(hello(helloFields(client0, 0)).subarray(0, -1))],
    [
      "handshake-malformed",
      "a hello one byte long",
      (peer) => peer.send(Buffer.concat([hello(helloFields(client0, 0)), Uint8Array.of(0)])),
    ],
    ["handshake-malformed", "an unknown role", sendHello({ role: 2 })],
    ["handshake-malformed", "a second hello instead of the proof", twice(() => hello(helloFields(client0, 0)))],
    ["handshake-malformed", "a proof one byte short", twice((sent, nonce) => proof(client0, sent, nonce).subarray(0, -1))],
    ["handshake-version", "another protocol version", sendHello({ version: 2 })],
    ["handshake-cluster", "another cluster", sendHello({ clusterId: new Uint8Array(16).fill(2) })],
    ["handshake-unknown-sender", "a client that is not listed", sendHello({ id: 2 })],
    ["handshake-unknown-sender", "a replica that is not listed", sendHello({ role: 0, id: 7 })],
    ["handshake-own-name", "this replica's own name", sendHello({ role: 0, id: 0 })],
    ["handshake-wrong-acceptor", "a dialler that wants another replica", sendHello({ acceptor: 1 })],
    [
      "handshake-signature",
      "a key of one's own under a listed name",
      twice((sent, nonce) => proof(keys.strangerKeyring(client(0)), sent, nonce)),
    ],
    ["handshake-signature", "another client's key", twice((sent, nonce) => proof(keys.keyring(client(1)), sent, nonce))],
    ["handshake-signature", "a proof for another nonce", twice((sent) => proof(client0, sent, new Uint8Array(32)))],
    [
      "handshake-signature",
      "a proof for another hello",
      twice((_, nonce) => proof(client0, hello(helloFields(client0, 1)), nonce)),
    ],
    ["handshake-signature", "a proof in the other direction", twice((sent, nonce) => proof(client0, sent, nonce, 1))],
    ["handshake-signature", "a proof signed for another cluster", twice((sent, nonce) => proof(otherCluster(), sent, nonce))],
    ["frame-too-large", "a hello of a megabyte", (peer) => void peer.socket.write(fromHex("00100000"))],
  ];

  function sendHello(wrong: Partial<HelloFields>) {
    return (peer: RawPeer) => peer.send(hello({ ...helloFields(client0, 0), ...wrong }));
  }

  /** An honest hello, then what `second` makes of it and of the challenge's nonce. */
  function twice(second: (sent: Uint8Array, nonce: Uint8Array) => Uint8Array) {
    return async (peer: RawPeer) => {
      const sent = hello(helloFields(client0, 0));
      peer.send(sent);
      const challenge = await peer.take();
      peer.send(second(sent, challenge.subarray(1)));
    };
  }

  function otherCluster() {
    return keys.keyring(client(0), { clusterId: new Uint8Array(16).fill(2) });
  }

  for (const [code, title, act] of refusals) {
    it(`${code}: ${title}; it works on for others`, async () => {
      const { host, address } = await startOne(keys);
      const peer = await dialRaw(address);
      await act(peer);
      await peer.untilClosed();
      expect(host.stats().refusedByPeer).to.deep.equal({ unauthenticated: { [code]: 1 } });
      const honest = await dialProven(address, client0);
      honest.say("echo", 5);
      expect(await honest.hear()).to.equal("pong 5 by replica 0");
    });
  }

  it("handshake-timeout: a peer that says nothing", async () => {
    const clock = new ManualClock();
    const { host, address } = await startOne(keys, { clock, limits: { handshakeTimeoutMs: 700 } });
    const peer = await dialRaw(address);
    await until("the deadline to be set", () => clock.running === 1);
    clock.advance(699);
    expect(peer.closed).to.equal(false);
    clock.advance(1);
    await peer.untilClosed();
    expect(host.stats().refused).to.deep.equal({ "handshake-timeout": 1 });
    expect(clock.running).to.equal(0);
  });
});

describe("handshake: the dialler", () => {
  /** A started replica 1 whose only link leads to a false replica 0. */
  async function dialler(onPeer: (peer: RawPeer) => void, clock?: ManualClock): Promise<ToyReplica> {
    const port = await listenRaw(onPeer);
    const made = await listen(keys, 1, clock === undefined ? {} : { clock });
    made.host.start([{ id: replica(0).id, host: HOST, port }]);
    return made;
  }

  const replica0 = keys.keyring(replica(0));

  /** A false acceptor that challenges with `nonce` and then welcomes as `welcomed` says. */
  function acceptor(welcomed: (sent: Uint8Array, nonce: Uint8Array) => Uint8Array) {
    return async (peer: RawPeer) => {
      const nonce = new Uint8Array(32).fill(4);
      const sent = await peer.take();
      peer.send(Buffer.concat([Uint8Array.of(2), nonce]));
      await peer.take();
      peer.send(welcomed(sent, nonce));
    };
  }

  it("takes an acceptor that proves to be the one it dialled", async () => {
    const { host } = await dialler(acceptor((sent, nonce) => welcome(replica0, sent, nonce, 3)));
    await until("the link to be up", () => host.stats().links[0]?.connected === true);
    expect(host.stats().refused).to.deep.equal({});
  });

  const refusals: readonly (readonly [code: string, title: string, onPeer: (peer: RawPeer) => void])[] = [
    [
      "handshake-malformed",
      "no challenge but a welcome",
      (peer) => peer.send(welcome(replica0, new Uint8Array(0), new Uint8Array(32), 0)),
    ],
    ["handshake-malformed", "its own hello sent back", async (peer) => peer.send(await peer.take())],
    [
      "handshake-malformed",
      "a welcome one byte short",
      acceptor((sent, nonce) => welcome(replica0, sent, nonce, 0).subarray(0, -1)),
    ],
    [
      "handshake-signature",
      "another replica's key",
      acceptor((sent, nonce) => welcome(keys.keyring(replica(1)), sent, nonce, 0)),
    ],
    ["handshake-signature", "another nonce", acceptor((sent) => welcome(replica0, sent, new Uint8Array(32), 0))],
    [
      "handshake-signature",
      "a signature in the other direction",
      acceptor((sent, nonce) => welcome(replica0, sent, nonce, 0, 0)),
    ],
    ["handshake-signature", "a changed hint", acceptor((sent, nonce) => changedHint(welcome(replica0, sent, nonce, 0)))],
    ["frame-too-large", "a challenge of a megabyte", (peer) => void peer.socket.write(fromHex("00100000"))],
  ];

  function changedHint(body: Uint8Array): Uint8Array {
    body[8] = 1;
    return body;
  }

  for (const [code, title, onPeer] of refusals) {
    it(`${code}: ${title}`, async () => {
      const { host } = await dialler(onPeer);
      await until("the refusal", () => (host.stats().refused[code] ?? 0) > 0);
      expect(host.stats().links[0]?.connected).to.equal(false);
      expect(Object.keys(host.stats().refusedByPeer)).to.deep.equal(["replica 0"]);
    });
  }

  it("handshake-timeout: an acceptor that says nothing", async () => {
    const clock = new ManualClock();
    let dialled = 0;
    const { host } = await dialler(() => dialled++, clock);
    await until("the connection", () => dialled === 1);
    clock.advance(2_000);
    expect(host.stats().refused).to.deep.equal({ "handshake-timeout": 1 });
  });

  it("sends nothing of its queue before the handshake is over", async () => {
    const peers: RawPeer[] = [];
    const made = await dialler(async (peer) => {
      await peer.take();
      peer.send(Buffer.concat([Uint8Array.of(2), new Uint8Array(32)]));
      await peer.take();
      peers.push(peer);
    });
    await until("the proof", () => peers.length === 1);
    const honest = await dialProven(made.address, client0);
    for (let i = 0; i < 10; i++) honest.say("relay", i);
    await until("the queue", () => made.machine.seen.length === 11 && (made.host.stats().links[0]?.queuedBytes ?? 0) === 10 * 84);
    await turns();
    expect(peers[0]?.frames.map(({ length }) => length)).to.deep.equal([59, 65]);
  });
});
