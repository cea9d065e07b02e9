import type { DurableLog } from "@bft/net";
import { expect } from "chai";
import { client, closeAll, HeldLog, startAll, startOne, ToyKeys, type ToyReplica } from "./support/cluster.js";
import { closeRaw, dialProven, type ProvenPeer } from "./support/raw-peer.js";
import { turns, until } from "./support/wait.js";

const keys = new ToyKeys(2, 2);

afterEach(async () => {
  await closeRaw();
  await closeAll();
});

describe("host: persist before send (group commit)", () => {
  async function withHeldLog(): Promise<ToyReplica & { readonly log: HeldLog; readonly peer: ProvenPeer }> {
    const log = new HeldLog();
    const made = await startOne(keys, { log });
    return { ...made, log, peer: await dialProven(made.address, keys.keyring(client(0))) };
  }

  it("lets nothing leave before the record that precedes it is durable, while the machine steps on", async () => {
    const { log, peer, host, machine } = await withHeldLog();
    peer.say("ping", 1);
    await until("the append", () => log.appends.length === 1);
    peer.say("echo", 2);
    await until("the machine to step on", () => machine.seen.length === 3);
    await turns();
    expect(host.stats().messagesOut).to.equal(0);
    log.settle();
    expect([await peer.hear(), await peer.hear()]).to.deep.equal(["pong 1 by replica 0", "pong 2 by replica 0"]);
    expect(log.appends).to.deep.equal([[1]]);
  });

  it("gathers what comes during an append into the next one, and keeps the order", async () => {
    const { log, peer, host, machine } = await withHeldLog();
    peer.say("ping", 1);
    await until("the first append", () => log.appends.length === 1);
    peer.say("echo", 2);
    await until("the echo", () => machine.seen.length === 3);
    await turns();
    for (const n of [3, 4]) peer.say("ping", n);
    await until("the records", () => machine.seen.length === 5);
    await turns();
    peer.say("echo", 5);
    await until("all to be stepped", () => machine.seen.length === 6);
    await turns();
    expect(log.appends).to.deep.equal([[1]]);
    log.settle();
    expect([await peer.hear(), await peer.hear()]).to.deep.equal(["pong 1 by replica 0", "pong 2 by replica 0"]);
    await turns();
    expect(log.appends).to.deep.equal([[1], [3, 4]]);
    expect(host.stats().messagesOut).to.equal(2);
    log.settle();
    expect([await peer.hear(), await peer.hear(), await peer.hear()]).to.deep.equal(
      [3, 4, 5].map((n) => `pong ${n} by replica 0`),
    );
  });

  it("writes the records of one turn's inputs at once", async () => {
    const { log, peer } = await withHeldLog();
    peer.raw.socket.cork();
    for (let n = 1; n <= 20; n++) peer.say("ping", n);
    peer.raw.socket.uncork();
    await until("the append", () => log.appends.length === 1);
    expect(log.appends).to.deep.equal([Array.from({ length: 20 }, (_, i) => i + 1)]);
    log.settle();
  });

  it("reads no more while too much waits for the log", async () => {
    const log = new HeldLog();
    const { address, machine } = await startOne(keys, { log, limits: { waitingEffectsMax: 10, framesPerTurn: 1 } });
    const peer = await dialProven(address, keys.keyring(client(0)));
    for (let n = 1; n <= 100; n++) peer.say("ping", n);
    await until("the append", () => log.appends.length === 1);
    await turns();
    const stepped = machine.seen.length;
    expect(stepped).to.be.within(5, 12);
    await until("the rest", () => {
      log.settle();
      return machine.seen.length === 101;
    });
    for (let n = 1; n <= 100; n++) {
      log.settle();
      expect(await peer.hear()).to.equal(`pong ${n} by replica 0`);
    }
  });

  it("lets nothing leave after a close, even when the log comes around", async () => {
    const { log, peer, host } = await withHeldLog();
    peer.say("ping", 1);
    await until("the append", () => log.appends.length === 1);
    const closing = host.close();
    let closed = false;
    void closing.then(() => {
      closed = true;
    });
    await turns();
    expect(closed, "the log is in use still").to.equal(false);
    log.settle();
    await closing;
    expect(host.stats().messagesOut).to.equal(0);
  });
});

describe("host: what stops it", () => {
  it("a bug of the machine: it closes everything, says so once, and never carries on", async () => {
    const [first, second] = await startAll(keys, 2);
    if (first === undefined || second === undefined) throw new Error("no replica");
    const peer = await dialProven(first.address, keys.keyring(client(0)));
    const other = await dialProven(first.address, keys.keyring(client(1)));
    peer.say("boom", 0);
    peer.say("echo", 1);
    await peer.raw.untilClosed();
    await other.raw.untilClosed();
    await first.host.close();
    expect(first.fatal.map(String)).to.deep.equal(["InvariantError: boom"]);
    expect(first.machine.seen.at(-1)).to.equal("boom 0 by client 0 via client 0");
    await until("the other replica to see it go", () => second.host.stats().links[0]?.connected === false);
  });

  const broken: readonly (readonly [title: string, log: DurableLog])[] = [
    ["throws", { append: () => raise() }],
    ["rejects", { append: () => Promise.reject(new Error("disk full")) }],
  ];
  function raise(): never {
    throw new Error("disk full");
  }
  for (const [title, log] of broken) {
    it(`a log that ${title}: nothing that hung on it leaves`, async () => {
      const { address, host, fatal } = await startOne(keys, { log });
      const peer = await dialProven(address, keys.keyring(client(0)));
      peer.say("ping", 1);
      await peer.raw.untilClosed();
      expect(fatal.map(String)).to.deep.equal(["Error: disk full"]);
      expect(host.stats().messagesOut).to.equal(0);
    });
  }
});
