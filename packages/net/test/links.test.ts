import { replicaId } from "@bft/core";
import { DEFAULT_LIMITS, ListenError, netLimits } from "@bft/net";
import { expect } from "chai";
import { client, closeAll, HOST, listen, replica, startAll, startOne, ToyKeys, type ToyReplica } from "./support/cluster.js";
import { ManualClock } from "./support/manual-clock.js";
import { acceptRaw, closeRaw, dialProven, listenRaw, type RawPeer } from "./support/raw-peer.js";
import { turn, turns, until } from "./support/wait.js";

const keys = new ToyKeys(3, 2);

afterEach(async () => {
  await closeRaw();
  await closeAll();
});

function connected({ host }: ToyReplica): boolean[] {
  return host.stats().links.map((link) => link.connected);
}

describe("links between replicas", () => {
  it("come up both ways, and say so", async () => {
    const seen: string[] = [];
    const observer = { onLink: (id: number, up: boolean) => seen.push(`${id} ${up ? "up" : "down"}`) };
    const [first, second] = await startAll(keys, 2, { observer });
    if (first === undefined || second === undefined) throw new Error("no replica");
    await until("both links", () => connected(first)[0] === true && connected(second)[0] === true);
    await second.host.close();
    await until("the loss", () => connected(first)[0] === false);
    expect(seen.sort()).to.deep.equal(["0 up", "1 down", "1 up"]);
  });

  it("come back when the acceptor restarts, and deliver what waited meanwhile", async () => {
    const limits = { reconnectMinMs: 1, reconnectMaxMs: 20 };
    const [first, second] = await startAll(keys, 2, { limits });
    if (first === undefined || second === undefined) throw new Error("no replica");
    const peer = await dialProven(first.address, keys.keyring(client(0)));
    peer.say("relay", 1);
    await until("the first message", () => second.machine.seen.length === 2);
    await second.host.close();
    await until("the loss", () => connected(first)[0] === false);
    peer.say("relay", 2);
    await until("the second message to wait", () => (first.host.stats().links[0]?.queuedBytes ?? 0) > 0);
    const again = await listen(keys, 1, { port: second.address.port, limits });
    again.host.start([first.address]);
    await until("the second message", () => again.machine.seen.length === 2);
    expect(again.machine.seen).to.deep.equal(["start", "relay 2 by client 0 via replica 0"]);
  });

  for (const [random, waits] of [
    [0, [50, 100, 200, 200]],
    [0.5, [75, 150, 300, 300]],
  ] as const) {
    it(`dial with exponential back-off and jitter: ${waits} ms where chance says ${random}`, async () => {
      const clock = new ManualClock();
      const port = await listenRaw((peer) => peer.socket.destroy());
      const limits = { reconnectMinMs: 100, reconnectMaxMs: 400, handshakeTimeoutMs: 9_999 };
      const { host } = await listen(keys, 1, { clock, limits, random: () => random });
      host.start([{ id: replicaId(0), host: HOST, port }]);
      const backOffs = () => clock.waits.filter((ms) => ms !== 9_999);
      for (const [i, wait] of waits.entries()) {
        await until(`back-off ${i}`, () => backOffs().length === i + 1);
        clock.advance(wait);
      }
      expect(backOffs()).to.deep.equal(waits);
    });
  }

  it("are dialled at once when the replica at the other end shows up", async () => {
    const clock = new ManualClock();
    const gone = await listen(keys, 0);
    await gone.host.close();
    const second = await listen(keys, 1, { clock });
    second.host.start([gone.address]);
    await until("the back-off", () => clock.waits.length === 2 && clock.running === 1);
    const first = await listen(keys, 0, { port: gone.address.port });
    first.host.start([second.address]);
    await until("replica 1's link", () => connected(second)[0] === true);
    expect(clock.now()).to.equal(0);
  });

  it("link-unexpected-frame: an acceptor that writes where only the dialler may", async () => {
    const port = await listenRaw((peer) => void serve(peer));
    async function serve(peer: RawPeer): Promise<void> {
      await acceptRaw(peer, keys.keyring(replica(0)));
      peer.send(new Uint8Array(80));
    }
    const { host } = await listen(keys, 1);
    host.start([{ id: replicaId(0), host: HOST, port }]);
    await until("the refusal", () => (host.stats().refused["link-unexpected-frame"] ?? 0) > 0);
    expect(host.stats().refusedByPeer).to.deep.equal({ "replica 0": { "link-unexpected-frame": 1 } });
  });

  it("link-queue-full: while a link is down the oldest frames go, the newest are delivered", async () => {
    const frameBytes = 4 + 75 + 5;
    const limits = { queueBytesWhileDownMax: 3 * frameBytes, reconnectMinMs: 1, reconnectMaxMs: 20 };
    const first = await listen(keys, 0, { limits });
    const second = await listen(keys, 1, { limits });
    await second.host.close();
    first.host.start([second.address]);
    const peer = await dialProven(first.address, keys.keyring(client(0)));
    for (let n = 1; n <= 10; n++) peer.say("relay", n);
    await until("ten steps", () => first.machine.seen.length === 11);
    await turn();
    await until("the drops", () => first.host.stats().refusedByPeer["replica 1"]?.["link-queue-full"] === 7);
    const again = await listen(keys, 1, { port: second.address.port, limits });
    again.host.start([]);
    await until("the newest", () => again.machine.seen.length === 4);
    expect(again.machine.seen.slice(1)).to.deep.equal([8, 9, 10].map((n) => `relay ${n} by client 0 via replica 0`));
  });

  it("link-queue-full: a replica that never reads costs a bounded queue, and the others hear all", async () => {
    const limits = { frameBytesMax: 1 << 20, queueBytesMax: 4 << 20 };
    const stuck: RawPeer[] = [];
    const port = await listenRaw((peer) => void neverRead(peer));
    async function neverRead(peer: RawPeer): Promise<void> {
      await acceptRaw(peer, keys.keyring(replica(2)));
      peer.socket.pause();
      stuck.push(peer);
    }
    const first = await listen(keys, 0, { limits });
    const second = await listen(keys, 1, { limits });
    first.host.start([second.address, { id: replicaId(2), host: HOST, port }]);
    second.host.start([]);
    await until("the links", () => connected(first).every((up) => up));
    const peer = await dialProven(first.address, keys.keyring(client(0)));
    const count = 60;
    for (let n = 0; n < count; n++) {
      peer.say("speak", 500_000 + n);
      await until("the other replica to hear it", () => second.machine.seen.length === n + 2);
    }
    const { links, refusedByPeer } = first.host.stats();
    expect(links[1]?.queuedBytes).to.be.within(1 << 20, 4 << 20);
    expect(refusedByPeer["replica 2"]?.["link-queue-full"]).to.be.within(10, count);
    expect(Object.keys(refusedByPeer)).to.deep.equal(["replica 2"]);
    expect(links[1]?.connected).to.equal(true);
    const newest = 500_000 + count - 1;
    stuck[0]?.socket.resume();
    await until("the newest frame, once it reads", () => stuck[0]?.frames.at(-1)?.length === newest + 5 + 75);
  });

  it("start their back-off anew after they held for a while, not when they are cut at once", async () => {
    const clock = new ManualClock();
    const up: RawPeer[] = [];
    const port = await listenRaw((peer) => void serve(peer));
    async function serve(peer: RawPeer): Promise<void> {
      await acceptRaw(peer, keys.keyring(replica(0)));
      up.push(peer);
    }
    const limits = { reconnectMinMs: 100, reconnectMaxMs: 400, handshakeTimeoutMs: 9_999 };
    const made = await listen(keys, 1, { clock, limits, random: () => 0 });
    made.host.start([{ id: replicaId(0), host: HOST, port }]);
    const backOffs = () => clock.waits.filter((ms) => ms !== 9_999);
    for (const [i, heldMs] of [0, 0, 400, 399].entries()) {
      await until("the link", () => up.length === i + 1 && connected(made)[0] === true);
      clock.advance(heldMs);
      up[i]?.socket.destroy();
      await until("the back-off", () => backOffs().length === i + 1);
      clock.advance(backOffs().at(-1) ?? 0);
    }
    expect(backOffs()).to.deep.equal([50, 100, 50, 100]);
  });

  it("write all frames of a turn at once", async () => {
    const { host, address } = await startOne(keys);
    const peer = await dialProven(address, keys.keyring(client(0)));
    peer.say("shout", 100);
    await until("a hundred", () => peer.raw.frames.length === 102);
    expect(host.stats()).to.deep.include({ messagesOut: 100, writes: 1 });
  });
});

describe("listening and closing", () => {
  it("a busy port is told in one sentence", async () => {
    const { address } = await startOne(keys);
    const sentence = `cannot listen on ${HOST}:${address.port}: another process listens there; stop it or choose another port`;
    const failed = await listen(keys, 1, { port: address.port }).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(ListenError).with.property("message", sentence);
  });

  it("a closed host leaves no sockets, servers or timers", async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => /TCP|Timeout|Immediate/.test(name)).length;
    await turns();
    const before = sockets();
    const replicas = await startAll(keys, 3);
    const [first] = replicas;
    if (first === undefined) throw new Error("no replica");
    const peer = await dialProven(first.address, keys.keyring(client(0)));
    peer.say("tick", 50_000);
    await until(
      "all links and the timer",
      () => replicas.every((one) => connected(one).every((up) => up)) && first.machine.seen.length === 2,
    );
    expect(sockets()).to.be.above(before + 6);
    await Promise.all(replicas.map(({ host }) => host.close()));
    await peer.raw.untilClosed();
    await until("nothing to be left", () => sockets() <= before);
  });

  it("close may be called twice, and before start", async () => {
    const { host } = await listen(keys, 0);
    await Promise.all([host.close(), host.close()]);
    await host.close();
  });
});

describe("limits", () => {
  it("are the defaults unless given", () => {
    expect(netLimits()).to.deep.equal(DEFAULT_LIMITS);
    expect(netLimits({ framesPerTurn: 5 })).to.deep.equal({ ...DEFAULT_LIMITS, framesPerTurn: 5 });
  });

  it("refuse what is no limit", () => {
    expect(() => netLimits({ framesPerTurn: 0 })).to.throw(RangeError, "framesPerTurn must be an integer >= 1, got 0");
    expect(() => netLimits({ frameBytesMax: 1 << 20, queueBytesMax: 1 << 20 })).to.throw(RangeError, "must hold two frames");
    expect(() => netLimits({ reconnectMinMs: 10, reconnectMaxMs: 9 })).to.throw(RangeError, "at least reconnectMinMs");
  });
});
