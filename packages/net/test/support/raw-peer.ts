import { connect, createServer, type Server, type Socket } from "node:net";
import type { Principal, SignedOf } from "@bft/core";
import { decodeEnvelope, encodeEnvelopeFrame, encodeFrame, FrameParser, type Keyring, type PeerAddress, portsOf } from "@bft/net";
import { HOST } from "./cluster.js";
import { type ToyMessage, toyCodec, toySigned } from "./toy.js";
import { until } from "./wait.js";

/** One end of a TCP connection that does what a test says, right or wrong. Written from docs/adr/0011, not from our classes. */
export class RawPeer {
  readonly socket: Socket;
  readonly frames: Uint8Array[] = [];
  closed = false;
  readonly #parser = new FrameParser(1 << 28);
  #taken = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    open.add(this);
    socket.on("data", (chunk: Buffer) => {
      this.#parser.push(chunk);
      for (let next = this.#parser.next(); next.kind === "frame"; next = this.#parser.next())
        this.frames.push(new Uint8Array(next.body));
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
      open.delete(this);
    });
  }

  send(body: Uint8Array): void {
    this.socket.write(encodeFrame(body));
  }

  sendSigned({ signer, signature, payload, attachment }: SignedOf<ToyMessage>): void {
    this.socket.write(encodeEnvelopeFrame({ sender: signer, signature, payload, attachment }));
  }

  /** The next frame that was not taken yet. */
  async take(): Promise<Uint8Array> {
    await until("a frame", () => this.frames.length > this.#taken || this.closed);
    const frame = this.frames[this.#taken];
    if (frame === undefined) throw new Error("the connection was closed before the frame came");
    this.#taken++;
    return frame;
  }

  /** The next frame as "pong 3 by replica 0", its signature checked. */
  async takeMessage(keyring: Keyring): Promise<string> {
    const opened = decodeEnvelope(await this.take());
    if (!opened.ok) throw new Error(opened.refusal.code);
    const { sender, payload, signature } = opened.envelope;
    const decoded = toyCodec.decode(payload);
    if (!decoded.ok || !keyring.verify("bft message", sender, payload, signature)) throw new Error("a bad message");
    return `${decoded.message.kind} ${decoded.message.n} by ${sender.role} ${sender.id}`;
  }

  untilClosed(): Promise<void> {
    return until("the connection to be closed", () => this.closed);
  }
}

const open = new Set<RawPeer>();
const servers = new Set<Server>();

/** For afterEach: ends what the test left open. */
export async function closeRaw(): Promise<void> {
  for (const peer of open) peer.socket.destroy();
  await Promise.all([...servers].map((server) => new Promise((resolve) => server.close(resolve))));
  servers.clear();
}

export function dialRaw({ host, port }: PeerAddress): Promise<RawPeer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => resolve(new RawPeer(socket)));
  });
}

/** A server that hands each connection to `onPeer`. Returns its port. */
export function listenRaw(onPeer: (peer: RawPeer) => void): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer((socket) => onPeer(new RawPeer(socket)));
    servers.add(server);
    server.listen(0, HOST, () => {
      const address = server.address();
      resolve(address !== null && typeof address === "object" ? address.port : 0);
    });
  });
}

/** What a hello says; a test changes what it wants wrong. */
export interface HelloFields {
  readonly version: number;
  readonly clusterId: Uint8Array;
  readonly role: number;
  readonly id: number;
  readonly acceptor: number;
  readonly nonce: Uint8Array;
}

export function helloFields(keyring: Keyring, acceptor: number): HelloFields {
  const role = keyring.self.role === "replica" ? 0 : 1;
  return { version: 1, clusterId: keyring.clusterId, role, id: keyring.self.id, acceptor, nonce: new Uint8Array(32).fill(9) };
}

const u32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

export function hello({ version, clusterId, role, id, acceptor, nonce }: HelloFields): Uint8Array {
  return Buffer.concat([Uint8Array.of(1, version), clusterId, Uint8Array.of(role), u32(id), u32(acceptor), nonce]);
}

/** The dialler's proof for a hello and the acceptor's nonce. */
export function proof(keyring: Keyring, sentHello: Uint8Array, nonce: Uint8Array, direction = 0): Uint8Array {
  const signature = keyring.sign("bft handshake", Buffer.concat([Uint8Array.of(direction), sentHello, nonce]));
  return Buffer.concat([Uint8Array.of(3), signature]);
}

/** The acceptor's welcome. */
export function welcome(keyring: Keyring, sentHello: Uint8Array, nonce: Uint8Array, hint: number, direction = 1): Uint8Array {
  const hintBytes = Buffer.concat([new Uint8Array(4), u32(hint)]);
  const signature = keyring.sign("bft handshake", Buffer.concat([Uint8Array.of(direction), sentHello, nonce, hintBytes]));
  return Buffer.concat([Uint8Array.of(4), hintBytes, signature]);
}

/** A peer that dialled and proved itself as it should. Its welcome is taken. */
export async function dialProven(address: PeerAddress, keyring: Keyring): Promise<ProvenPeer> {
  const peer = await dialRaw(address);
  const sent = hello(helloFields(keyring, address.id));
  peer.send(sent);
  const challenge = await peer.take();
  peer.send(proof(keyring, sent, challenge.subarray(1)));
  await peer.take();
  return new ProvenPeer(peer, keyring);
}

/** Shakes hands with whoever dialled `peer`, as the honest acceptor of `keyring`. */
export async function acceptRaw(peer: RawPeer, keyring: Keyring): Promise<void> {
  const sent = await peer.take();
  const nonce = new Uint8Array(32).fill(4);
  peer.send(Buffer.concat([Uint8Array.of(2), nonce]));
  await peer.take();
  peer.send(welcome(keyring, sent, nonce, 0));
}

/** A `RawPeer` after the handshake, with the keys it proved. */
export class ProvenPeer {
  readonly raw: RawPeer;
  readonly keyring: Keyring;

  constructor(raw: RawPeer, keyring: Keyring) {
    this.raw = raw;
    this.keyring = keyring;
  }

  get self(): Principal {
    return this.keyring.self;
  }

  /** Sends a toy message that it signed itself. */
  say(kind: ToyMessage["kind"], n: number): void {
    this.raw.sendSigned(this.signed(kind, n));
  }

  signed(kind: ToyMessage["kind"], n: number): SignedOf<ToyMessage> {
    return toySigned(portsOf(this.keyring), this.self, { kind, n });
  }

  hear(): Promise<string> {
    return this.raw.takeMessage(this.keyring);
  }
}
