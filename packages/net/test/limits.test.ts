import { expect } from "chai";
import fc from "fast-check";
import { client, closeAll, replica, startOne, ToyKeys } from "./support/cluster.js";
import { ManualClock } from "./support/manual-clock.js";
import { closeRaw, dialProven, dialRaw, type RawPeer } from "./support/raw-peer.js";
import { turns, until } from "./support/wait.js";

const keys = new ToyKeys(2, 3);

afterEach(async () => {
  await closeRaw();
  await closeAll();
});

describe("what a peer can cost", () => {
  it("frame-too-large: a client's frame over the client limit; a replica's may be larger", async () => {
    const { host, address, machine } = await startOne(keys, { limits: { clientFrameBytesMax: 500, frameBytesMax: 5_000 } });
    const [asClient, asReplica] = [
      await dialProven(address, keys.keyring(client(0))),
      await dialProven(address, keys.keyring(replica(1))),
    ];
    asReplica.raw.sendSigned({ ...asReplica.signed("pong", 1), attachment: new Uint8Array(4_000) });
    await until("the replica's message", () => machine.seen.length === 2);
    asClient.raw.sendSigned({ ...asClient.signed("echo", 1), attachment: new Uint8Array(4_000) });
    await asClient.raw.untilClosed();
    expect(host.stats().refusedByPeer).to.deep.equal({ "client 0": { "frame-too-large": 1 } });
    asReplica.raw.sendSigned({ ...asReplica.signed("pong", 2), attachment: new Uint8Array(5_000) });
    await asReplica.raw.untilClosed();
    expect(host.stats().refusedByPeer).to.deep.equal({
      "client 0": { "frame-too-large": 1 },
      "replica 1": { "frame-too-large": 1 },
    });
    expect(machine.seen).to.have.length(2);
  });

  it("connection-replaced: the newer connection of a principal takes the place of the older", async () => {
    const { host, address } = await startOne(keys);
    const older = await dialProven(address, keys.keyring(client(0)));
    const newer = await dialProven(address, keys.keyring(client(0)));
    await older.raw.untilClosed();
    expect(host.stats()).to.deep.include({ clientsConnected: 1, refused: { "connection-replaced": 1 } });
    newer.say("echo", 1);
    expect(await newer.hear()).to.equal("pong 1 by replica 0");
  });

  it("pending-connections-full: of many connections that prove nothing the oldest goes, and an honest one comes through", async () => {
    const { host, address } = await startOne(keys, { limits: { pendingConnectionsMax: 4 } });
    const idle: RawPeer[] = [];
    for (let i = 0; i < 6; i++) idle.push(await dialRaw(address));
    await until("two to be closed", () => idle.filter(({ closed }) => closed).length === 2);
    expect(idle.map(({ closed }) => closed)).to.deep.equal([true, true, false, false, false, false]);
    const honest = await dialProven(address, keys.keyring(client(0)));
    honest.say("echo", 1);
    expect(await honest.hear()).to.equal("pong 1 by replica 0");
    expect(host.stats().refused).to.deep.equal({ "pending-connections-full": 3 });
  });

  it("client-rate: a client over its rate waits, loses nothing, and no other client waits with it", async () => {
    const clock = new ManualClock();
    const limits = { clientMessagesPerSecond: 10, clientMessagesBurst: 5 };
    const { host, address, machine } = await startOne(keys, { clock, limits });
    const fast = await dialProven(address, keys.keyring(client(0)));
    const slow = await dialProven(address, keys.keyring(client(1)));
    for (let n = 1; n <= 12; n++) fast.say("echo", n);
    await until("the burst", () => machine.seen.length === 6);
    await turns();
    expect(machine.seen).to.have.length(6);
    slow.say("echo", 99);
    expect(await slow.hear()).to.equal("pong 99 by replica 0");
    for (let n = 6; n <= 12; n++) {
      clock.advance(100);
      await until(`message ${n}`, () => machine.seen.at(-1) === `echo ${n} by client 0 via client 0`);
    }
    expect(host.stats().refusedByPeer).to.have.all.keys("client 0");
    expect(host.stats().refused["client-rate"]).to.be.at.least(1);
    for (let n = 1; n <= 12; n++) expect(await fast.hear()).to.equal(`pong ${n} by replica 0`);
  });

  it("a replica is not held to the clients' rate", async () => {
    const { address, machine } = await startOne(keys, { clock: new ManualClock(), limits: { clientMessagesBurst: 1 } });
    const peer = await dialProven(address, keys.keyring(replica(1)));
    for (let n = 0; n < 50; n++) peer.say("pong", n);
    await until("all", () => machine.seen.length === 51);
  });

  it("client-not-reading: replies that nobody takes end that client's connection, not the others'", async () => {
    const { host, address, machine } = await startOne(keys, { limits: { clientQueueBytesMax: 2 << 20 } });
    const deaf = await dialProven(address, keys.keyring(client(0)));
    const other = await dialProven(address, keys.keyring(client(1)));
    deaf.raw.socket.pause();
    for (let i = 0; i < 300 && host.stats().refused["client-not-reading"] === undefined; i++) {
      const before = machine.seen.length;
      if (!deaf.raw.socket.destroyed) deaf.say("bulk", 500_000);
      other.say("echo", i);
      expect(await other.hear()).to.equal(`pong ${i} by replica 0`);
      await until("the bulk", () => machine.seen.length >= before + 1);
    }
    expect(host.stats().refusedByPeer["client 0"]).to.have.property("client-not-reading", 1);
    expect(host.stats().clientsConnected).to.equal(1);
  });

  it("random bytes, before the handshake and after it, never reach the machine nor harm others", async function () {
    this.timeout(30_000);
    const { host, address, machine, fatal } = await startOne(keys);
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
    const one = async (garbage: Uint8Array, proven: boolean, framed: boolean): Promise<void> => {
      const peer = proven ? (await dialProven(address, keys.keyring(client(0)))).raw : await dialRaw(address);
      if (framed) peer.send(garbage);
      else peer.socket.write(garbage);
      peer.socket.end();
      await peer.untilClosed();
    };
    await fc.assert(fc.asyncProperty(bytes, fc.boolean(), fc.boolean(), one), { numRuns: 150 });
    expect(machine.seen).to.deep.equal(["start"]);
    expect(fatal).to.deep.equal([]);
    expect(Object.keys(host.stats().refused)).to.include.members([
      "handshake-malformed",
      "frame-too-large",
      "envelope-truncated",
    ]);
    const honest = await dialProven(address, keys.keyring(client(1)));
    honest.say("echo", 1);
    expect(await honest.hear()).to.equal("pong 1 by replica 0");
  });

  it("a flood on one connection does not starve another", async () => {
    const { address, machine } = await startOne(keys, { limits: { framesPerTurn: 4 } });
    const flood = await dialProven(address, keys.keyring(replica(1)));
    const quiet = await dialProven(address, keys.keyring(client(0)));
    const total = 2_000;
    flood.raw.socket.cork();
    for (let n = 0; n < total; n++) flood.say("pong", n);
    quiet.say("echo", 7);
    flood.raw.socket.uncork();
    expect(await quiet.hear()).to.equal("pong 7 by replica 0");
    const before = machine.seen.indexOf("echo 7 by client 0 via client 0");
    expect(before, "the echo came long before the end of the flood").to.be.within(1, total / 4);
    await until("all of the flood", () => machine.seen.length === total + 2);
  });
});
