import { clientId } from "@bft/core";
import { encodeEnvelopeFrame, encodeFrame, portsOf } from "@bft/net";
import { expect } from "chai";
import { client, closeAll, listen, replica, startAll, startOne, ToyKeys } from "./support/cluster.js";
import { closeRaw, dialProven } from "./support/raw-peer.js";
import { toyCodec, toySigned } from "./support/toy.js";
import { turns, until } from "./support/wait.js";

const keys = new ToyKeys(3, 3);

afterEach(async () => {
  await closeRaw();
  await closeAll();
});

describe("host: what arrives", () => {
  it("steps a client's signed message and sends the reply back on the same connection", async () => {
    const { host, address, machine } = await startOne(keys);
    const peer = await dialProven(address, keys.keyring(client(0)));
    peer.say("ping", 7);
    expect(await peer.hear()).to.equal("pong 7 by replica 0");
    expect(machine.seen).to.deep.equal(["start", "ping 7 by client 0 via client 0"]);
    const { messagesIn, messagesOut, bytesIn, bytesOut, clientsConnected, refused, dropped } = host.stats();
    expect({ messagesIn, messagesOut, clientsConnected, refused, dropped }).to.deep.equal({
      messagesIn: 1,
      messagesOut: 1,
      clientsConnected: 1,
      refused: {},
      dropped: {},
    });
    // hello 59, proof 65; challenge 33, welcome 73; an envelope of 75 bytes and a payload of 5 each way; 4 before each frame
    expect({ bytesIn, bytesOut }).to.deep.equal({ bytesIn: 59 + 65 + 80 + 12, bytesOut: 33 + 73 + 80 + 12 });
  });

  it("lets a replica relay what a client or another replica signed", async () => {
    const { address, machine } = await startOne(keys);
    const peer = await dialProven(address, keys.keyring(replica(1)));
    const byClient = portsOf(keys.keyring(client(2)));
    const byReplica = portsOf(keys.keyring(replica(2)));
    peer.raw.sendSigned(toySigned(byClient, client(2), { kind: "stale", n: 0 }));
    peer.raw.sendSigned(toySigned(byClient, client(2), { kind: "late", n: 1 }));
    peer.raw.sendSigned(toySigned(byReplica, replica(2), { kind: "pong", n: 2 }));
    await until("the last", () => machine.seen.length === 3);
    expect(machine.seen).to.deep.equal(["start", "late 1 by client 2 via replica 1", "pong 2 by replica 2 via replica 1"]);
  });

  const ports = portsOf(keys.keyring(client(0)));
  const otherCluster = portsOf(keys.keyring(client(0), { clusterId: new Uint8Array(16).fill(2) }));
  const good = toySigned(ports, client(0), { kind: "echo", n: 1 });
  const envelope = { sender: client(0), signature: good.signature, payload: good.payload, attachment: null };
  const resigned = (payload: Uint8Array) => encodeEnvelopeFrame({ ...envelope, payload, signature: ports.sign(payload) });

  /** Frames by client 0 that must each be refused with `reason`, and the connection stays. */
  const refusals: readonly (readonly [reason: string, title: string, frame: Uint8Array])[] = [
    ["signature-invalid", "no signature", encodeEnvelopeFrame({ ...envelope, signature: new Uint8Array(64) })],
    [
      "signature-invalid",
      "a signature for another payload",
      encodeEnvelopeFrame({ ...envelope, payload: toyCodec.encode({ kind: "echo", n: 2 }) }),
    ],
    [
      "signature-invalid",
      "a message signed for another cluster",
      encodeEnvelopeFrame({ ...envelope, signature: otherCluster.sign(good.payload) }),
    ],
    ["unknown-sender", "a client that is not listed", encodeEnvelopeFrame({ ...envelope, sender: client(9) })],
    ["unknown-sender", "a replica that is not listed", encodeEnvelopeFrame({ ...envelope, sender: replica(9) })],
    ["foreign-sender", "another client's name", encodeEnvelopeFrame({ ...envelope, sender: client(1) })],
    ["foreign-sender", "a replica's name", encodeEnvelopeFrame({ ...envelope, sender: replica(0) })],
    ["envelope-truncated", "an empty frame", encodeFrame(new Uint8Array(0))],
    ["envelope-version", "garbage", encodeFrame(new Uint8Array(200).fill(0xab))],
    ["envelope-role", "an unknown role", encodeFrame(Uint8Array.from({ length: 80 }, (_, i) => (i === 0 ? 1 : 9)))],
    [
      "envelope-payload-length",
      "a payload that is not there",
      encodeFrame(Uint8Array.from({ length: 80 }, (_, i) => (i === 0 || i > 69 ? 1 : 0))),
    ],
    ["payload-truncated", "a payload one byte short", resigned(good.payload.subarray(1))],
    ["payload-trailing-bytes", "a payload one byte long", resigned(Uint8Array.from([...good.payload, 0]))],
    ["payload-unknown-kind", "an unknown kind", resigned(Uint8Array.of(200, 0, 0, 0, 0))],
  ];
  for (const [reason, title, frame] of refusals) {
    it(`${reason}: ${title}; the same connection works on`, async () => {
      const { host, address, machine } = await startOne(keys);
      const peer = await dialProven(address, keys.keyring(client(0)));
      peer.raw.socket.write(frame);
      peer.say("echo", 3);
      expect(await peer.hear()).to.equal("pong 3 by replica 0");
      expect(host.stats().refusedByPeer).to.deep.equal({ "client 0": { [reason]: 1 } });
      expect(machine.seen).to.deep.equal(["start", "echo 3 by client 0 via client 0"]);
    });
  }

  it("counts a machine's reasons apart, before the signature check and after it", async () => {
    const { host, address, machine } = await startOne(keys);
    const peer = await dialProven(address, keys.keyring(client(0)));
    const unsigned = { ...peer.signed("stale", 1), signature: new Uint8Array(64) };
    peer.raw.sendSigned(unsigned);
    peer.say("late", 1);
    peer.say("echo", 1);
    await peer.hear();
    const { refused, dropped, droppedByPeer } = host.stats();
    expect({ refused, dropped }).to.deep.equal({ refused: {}, dropped: { "toy-stale": 1, "toy-late": 1 } });
    expect(droppedByPeer).to.deep.equal({ "client 0": { "toy-stale": 1, "toy-late": 1 } });
    expect(machine.seen).to.have.length(3);
  });

  it("tells its observer the honest effects of each input, and what was dropped unread", async () => {
    const steps: string[] = [];
    const dropped: string[] = [];
    const { host, address } = await startOne(keys, {
      observer: {
        onStep: (input, honest) => steps.push(`${input.kind}: ${honest.map(({ kind }) => kind).join()}`),
        onDropped: ({ role, id }, message, reason, signature) =>
          dropped.push(`${message} of ${role} ${id}: ${reason}, ${signature.length} bytes`),
      },
    });
    host.setBehaviour(() => []);
    const peer = await dialProven(address, keys.keyring(client(0)));
    peer.raw.sendSigned({ ...peer.signed("stale", 1), signature: new Uint8Array(64) });
    peer.say("echo", 1);
    await until("the echo", () => steps.length === 2);
    expect(steps).to.deep.equal(["start: ", "message: reply"]);
    expect(dropped).to.deep.equal(["stale of client 0: toy-stale, 64 bytes"]);
  });

  it("too-many-bad-messages: a proven peer that keeps sending them is closed, and may come again", async () => {
    const { host, address, machine } = await startOne(keys, { limits: { badMessagesMax: 3 } });
    const peer = await dialProven(address, keys.keyring(client(0)));
    for (let i = 0; i < 5; i++) peer.raw.send(new Uint8Array(3));
    await peer.raw.untilClosed();
    expect(host.stats().refused).to.deep.equal({ "envelope-truncated": 3, "too-many-bad-messages": 1 });
    expect(host.stats().clientsConnected).to.equal(0);
    const again = await dialProven(address, keys.keyring(client(0)));
    again.say("echo", 1);
    expect(await again.hear()).to.equal("pong 1 by replica 0");
    expect(machine.seen).to.have.length(2);
  });

  it("takes no message before start, and the machine's start comes first", async () => {
    const made = await listen(keys, 0);
    const peer = await dialProven(made.address, keys.keyring(client(0)));
    peer.say("echo", 1);
    await turns();
    expect(made.machine.seen).to.deep.equal([]);
    made.host.start([]);
    await peer.hear();
    expect(made.machine.seen).to.deep.equal(["start", "echo 1 by client 0 via client 0"]);
  });
});

describe("host: what leaves", () => {
  it("broadcasts to every other replica, what it signed and what it relays, attachment and all", async () => {
    const replicas = await startAll(keys, 3);
    const [first, ...others] = replicas;
    if (first === undefined) throw new Error("no replica");
    const peer = await dialProven(first.address, keys.keyring(client(0)));
    peer.say("relay", 4);
    peer.say("speak", 5);
    for (const { machine } of others) await until("both", () => machine.seen.length === 3);
    for (const { machine } of others)
      expect(machine.seen).to.deep.equal(["start", "relay 4 by client 0 via replica 0", "pong 5 by replica 0 via replica 0"]);
    expect(first.machine.seen).to.have.length(3);
  });

  it("carries an attachment as it is, and none as none", async () => {
    const inputs: (number | null)[] = [];
    const observer = {
      onInput: (input: { kind: string; signed?: { attachment: Uint8Array | null } }) =>
        input.signed !== undefined && inputs.push(input.signed.attachment?.length ?? null),
    };
    const { address } = await startOne(keys, { observer });
    const peer = await dialProven(address, keys.keyring(replica(1)));
    for (const attachment of [null, new Uint8Array(0), new Uint8Array(100_000)])
      peer.raw.sendSigned({ ...peer.signed("pong", 1), attachment });
    await until("all three", () => inputs.length === 3);
    expect(inputs).to.deep.equal([null, 0, 100_000]);
  });

  it("client-not-connected: a reply to a client that went away", async () => {
    const { host, address } = await startOne(keys);
    const relaying = await dialProven(address, keys.keyring(replica(1)));
    relaying.raw.sendSigned(toySigned(portsOf(keys.keyring(client(2))), client(2), { kind: "ping", n: 1 }));
    await until("the drop", () => host.stats().dropped["client-not-connected"] === 1);
    expect(host.stats().droppedByPeer).to.deep.equal({ "client 2": { "client-not-connected": 1 } });
    expect(host.stats().refused, "it speaks against nobody").to.deep.equal({});
  });

  it("starts, restarts and cancels timers", async () => {
    const { address, machine } = await startOne(keys);
    const peer = await dialProven(address, keys.keyring(client(0)));
    peer.say("tick", 1);
    await until("the timer", () => machine.seen.length === 3);
    expect(machine.seen.at(-1)).to.equal("timer tick");
  });

  it("asks the outgoing filter about every frame: it may drop, double or delay", async () => {
    const { host, address } = await startOne(keys);
    const peer = await dialProven(address, keys.keyring(client(0)));
    let frames = 0;
    let late = (): void => {};
    host.setOutgoingFilter((to, frame, deliver) => {
      expect(to).to.deep.equal(client(0));
      frames++;
      if (frames === 1) return;
      if (frames === 2) late = () => deliver(frame);
      if (frames === 3) for (let i = 0; i < 2; i++) deliver(frame);
    });
    for (let n = 1; n <= 3; n++) peer.say("echo", n);
    expect([await peer.hear(), await peer.hear()]).to.deep.equal(["pong 3 by replica 0", "pong 3 by replica 0"]);
    late();
    expect(await peer.hear()).to.equal("pong 2 by replica 0");
    host.setOutgoingFilter(null);
    peer.say("echo", 4);
    expect(await peer.hear()).to.equal("pong 4 by replica 0");
  });

  it("lets a behaviour lie in place of the machine, and counts the lies", async () => {
    const { host, address } = await startOne(keys);
    const peer = await dialProven(address, keys.keyring(client(0)));
    const lie = toySigned(portsOf(keys.keyring(replica(0))), replica(0), { kind: "pong", n: 666 });
    host.setBehaviour((input, honest) => {
      if (input.kind === "message" && input.signed.message.n === 1) return [{ kind: "reply", to: clientId(0), signed: lie }];
      return [...honest];
    });
    peer.say("echo", 1);
    expect(await peer.hear()).to.equal("pong 666 by replica 0");
    peer.say("echo", 2);
    expect(await peer.hear()).to.equal("pong 2 by replica 0");
    host.setBehaviour(null);
    peer.say("echo", 1);
    expect(await peer.hear()).to.equal("pong 1 by replica 0");
    expect(host.stats().liesTold).to.equal(1);
  });

  it("own-frame-too-large: what no receiver would take is not sent", async () => {
    const [first, second] = await startAll(keys, 2, { limits: { frameBytesMax: 1_000 } });
    if (first === undefined || second === undefined) throw new Error("no replica");
    const peer = await dialProven(first.address, keys.keyring(client(0)));
    peer.say("speak", 1_000);
    peer.say("speak", 500);
    await until("the smaller one", () => second.machine.seen.length === 2);
    expect(second.machine.seen[1]).to.equal("pong 500 by replica 0 via replica 0");
    expect(first.host.stats().refusedByPeer).to.deep.equal({ "replica 0": { "own-frame-too-large": 1 } });
    expect(second.host.stats().refused).to.deep.equal({});
  });

  it("no-such-replica: a behaviour that sends to nobody", async () => {
    const { host, address } = await startOne(keys);
    const peer = await dialProven(address, keys.keyring(client(0)));
    const signed = toySigned(portsOf(keys.keyring(replica(0))), replica(0), { kind: "pong", n: 1 });
    host.setBehaviour((_input, honest) => [...honest, { kind: "send", to: replica(8).id, signed }]);
    peer.say("echo", 1);
    await peer.hear();
    expect(host.stats().refusedByPeer).to.deep.equal({ "replica 8": { "no-such-replica": 1 } });
  });
});
