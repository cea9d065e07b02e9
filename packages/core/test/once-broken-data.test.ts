import {
  Client,
  type ClientId,
  clientPrincipal,
  decodeWire,
  encodeNode,
  encodeWire,
  MerkleStore,
  type OperationResult,
  type Service,
  type Snapshot,
  type Timestamp,
} from "@bft/core";
import type { Reply } from "@bft/core/pbft";
import { expect } from "chai";
import fc from "fast-check";
import { TestCluster } from "./support/cluster.js";
import { byReplica, ports } from "./support/forge.js";
import { portsOf } from "./support/keys.js";

/** Holes in what is done with data. Each test failed before it was mended; each stays so that it can not come back. */
describe("once broken: data of clients and services", () => {
  it("any well-formed text comes back as it was, or is refused at once when it begins with U+FEFF", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), fc.constantFrom("", "\uFEFF"), (text, mark) => {
        const value = (mark + text + "x".repeat(64)).toWellFormed();
        const decoded = decodeWire(encodeWire([value]), { depthMax: 2, itemsMax: 2 });
        expect(decoded).to.deep.include(value.startsWith("\uFEFF") ? { code: "payload-bad-utf8" } : { value: [value] });
        if (value.startsWith("\uFEFF")) expect(() => new MerkleStore().put("k", value)).to.throw(/byte order mark/);
      }),
    );
  });

  it("a client that stores such a value does not keep a replica from state transfer", () => {
    const cluster = new TestCluster();
    cluster.kill(3);
    expect(cluster.ask(`set x \uFEFF${"a".repeat(100)}`).results[0]?.ok).to.equal(false);
    for (let i = 0; i < 24; i++) cluster.ask(`set y ${i}`);
    cluster.start(3);
    cluster.run(3000);
    expect(cluster.status(3).lastExecuted).to.equal(25);
  });

  it("a request too large for a batch is refused by every replica, and deposes nobody", () => {
    const cluster = new TestCluster({ config: { batchOperationsMax: 64, operationBytesMax: 4096 } });
    cluster.submit(
      Array.from({ length: 60 }, (_, i) => `set k${i} ${"x".repeat(4000)}`),
      0,
    );
    cluster.run(5000);
    expect(cluster.ask("get x", 1, 5000).results).to.deep.equal([{ ok: true, value: null }]);
    expect(cluster.status(2).view).to.equal(0);
  });

  it("no client can make a node of the state that is larger than a frame (8 MiB)", () => {
    const cluster = new TestCluster({
      config: { operationBytesMax: 65_536, batchBytesMax: 1 << 20, checkpointInterval: 18, clientWindow: 64 },
    });
    cluster.ask(`set x ${"\u0001".repeat(65_000)}`);
    for (let i = 0; i < 17; i++) cluster.ask(["get x", "get x"]);
    const stable = cluster.effectsOf(0, "checkpoint-stable")[0];
    expect(largestNode(stable?.state ?? null))
      .to.be.greaterThan(60_000)
      .and.at.most(8 << 20);
  });

  const odd: readonly (readonly [title: string, execute: () => unknown, expected: (result: OperationResult) => boolean])[] = [
    ["ok that is no boolean", () => ({ ok: "yes", value: "1" }), ({ ok }) => typeof ok === "boolean"],
    [
      "an engine's own error text, which differs between versions",
      () => (null as unknown as { x: () => void }).x(),
      ({ value }) => !/null/.test(value ?? ""),
    ],
  ];

  for (const [title, execute, expected] of odd) {
    it(`a service that returns ${title} gives a clean result`, () => {
      const service: Service = { name: "odd", usage: "", execute: execute as Service["execute"] };
      const [result] = new TestCluster({ service }).ask("x").results;
      expect(result !== undefined && expected(result)).to.equal(true);
    });
  }

  it("a client refuses an operation that has no UTF-8 form, and works on", () => {
    const config = {
      self: 0 as ClientId,
      replicas: 4,
      answers: 2,
      liars: 1,
      asks: "primary-of-view" as const,
      window: 16,
      retryMs: 300,
      firstTimestamp: 1 as Timestamp,
      reads: "ordered" as const,
    };
    const client = new Client(config, portsOf(clientPrincipal(0 as ClientId)));
    expect(() => client.step({ kind: "submit", operations: ["set x \ud800"] })).to.throw(RangeError, /well-formed/);
    expect(client.step({ kind: "submit", operations: ["set x 1"] })[0]).to.deep.equal({ kind: "submitted", timestamp: 1 });
  });

  it("a read that falls back while the window is full neither throws nor is lost", () => {
    const config = {
      self: 0 as ClientId,
      replicas: 4,
      answers: 3,
      liars: 1,
      asks: "primary-of-view" as const,
      window: 2,
      retryMs: 300,
      firstTimestamp: 1 as Timestamp,
      reads: "fast" as const,
    };
    const client = new Client(config, portsOf(clientPrincipal(0 as ClientId)));
    client.step({ kind: "submit", operations: ["set x 1"] });
    client.step({ kind: "submit", operations: ["get x"], readOnly: true });
    expect(client.canSubmit).to.equal(false);
    const kinds = () => client.step({ kind: "timer-fired", timer: "retry 2" }).map(({ kind }) => kind);
    expect(kinds(), "it waits for room").to.include("start-timer").and.not.include("fell-back");
    for (const from of [0, 1, 2]) {
      const results = [{ ok: true, value: "ok" }];
      const reply = {
        kind: "reply" as const,
        view: 0,
        client: 0,
        timestamp: 1,
        seq: 1,
        ordered: true,
        results,
      } as unknown as Reply;
      client.step({ kind: "message", signed: byReplica(from, reply) });
    }
    expect(kinds()).to.include("fell-back");
  });
});

function largestNode(node: Snapshot): number {
  if (node === null) return 0;
  const own = encodeNode(node, ports.hash).length;
  return node.kind === "leaf" ? own : Math.max(own, ...node.slots.map((child) => largestNode(child)));
}
