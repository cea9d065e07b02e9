import { type ClientId, clientPrincipal, type ReplicaId, replicaPrincipal, type Signed } from "@bft/core";
import type { PrePrepare, Request } from "@bft/core/pbft";
import { expect } from "chai";
import { TestCluster } from "./support/cluster.js";
import { batchOf, commitOf, prePrepareOf, prepareOf, requestOf, signAs, slotOf } from "./support/forge.js";
import { droppedIn, Lone, messagesIn } from "./support/lone.js";

const relaysIn = (effects: Parameters<typeof messagesIn>[0]) =>
  effects.flatMap((effect) => (effect.kind === "send" && effect.signed.kind === "request" ? [effect.to as number] : []));

describe("§4.1: requests", () => {
  it("the primary orders a client's request at once", () => {
    const effects = new Lone(0).deliver(requestOf("set x 1"));
    expect(messagesIn(effects, "pre-prepare").map(({ view, seq }) => [view, seq])).to.deep.equal([[0, 1]]);
  });

  it('"otherwise, it relays the request to the primary": a backup does, and starts its timer', () => {
    const lone = new Lone(2);
    const effects = lone.deliver(requestOf("set x 1"));
    expect(relaysIn(effects)).to.deep.equal([0]);
    expect(lone.timers.get("view-change")).to.equal(1000);
  });

  it("a relayed request is the client's own: the primary orders it", () => {
    const effects = new Lone(0).deliverVia(replicaPrincipal(2 as ReplicaId), requestOf("set x 1"));
    expect(messagesIn(effects, "pre-prepare")).to.have.lengthOf(1);
  });

  it("a backup does not relay what another replica relayed to it", () => {
    const effects = new Lone(1).deliverVia(replicaPrincipal(2 as ReplicaId), requestOf("set x 1"));
    expect([relaysIn(effects), droppedIn(effects)]).to.deep.equal([[], ["not-primary"]]);
  });

  it("a request asked for again is relayed again, and proposed once", () => {
    const backup = new Lone(2);
    backup.deliver(requestOf("set x 1"));
    expect(relaysIn(backup.deliver(requestOf("set x 1")))).to.deep.equal([0]);
    const primary = new Lone(0);
    primary.deliver(requestOf("set x 1"), requestOf("set x 1"));
    expect(primary.said("pre-prepare")).to.have.lengthOf(1);
  });

  it('"if the request has already been processed, the replicas simply re-send the reply"', () => {
    const cluster = new TestCluster();
    const { results, seq } = cluster.ask("set x 1");
    const again = cluster.deliver(2, requestOf("set x 1", 0, 1));
    expect(messagesIn(again, "reply").map((reply) => [reply.timestamp, reply.seq, reply.results])).to.deep.equal([
      [1, seq, results],
    ]);
  });

  describe("§4.1, replies: in a batch of more than four requests, those who are asked to (we differ)", () => {
    /** A batch of requests of different clients, each of which asks these to reply. */
    const asking = (requests: number, repliers: readonly number[] | null) =>
      Array.from({ length: requests }, (_, client) => {
        const { message } = requestOf("set x 1", client, 1);
        return signAs(clientPrincipal(client as ClientId), { ...message, repliers: repliers as readonly ReplicaId[] | null });
      });
    /** To whom replica 1 replies when the requests are executed, of which some came to it before. */
    const repliedTo = (requests: ReturnType<typeof asking>, before: (lone: Lone) => void = () => {}) => {
      const lone = new Lone(1, { clients: 8 });
      before(lone);
      lone.deliver(...slotOf(0, 1, batchOf(...requests), 1));
      return lone.said("reply").map(({ client }) => client as number);
    };

    it("one that is not asked to does not reply", () => {
      expect(repliedTo(asking(5, [0, 2]))).to.deep.equal([]);
    });

    it("one that is asked to does, and so do all when nobody is named", () => {
      expect(repliedTo(asking(5, [0, 1]))).to.deep.equal([0, 1, 2, 3, 4]);
      expect(repliedTo(asking(5, null))).to.deep.equal([0, 1, 2, 3, 4]);
    });

    it("in a smaller batch all reply", () => {
      expect(repliedTo(asking(4, [0, 2]))).to.deep.equal([0, 1, 2, 3]);
    });

    it("who had the request from its client replies", () => {
      const requests = asking(5, [0, 2]);
      expect(repliedTo(requests, (lone) => lone.deliver(requests[3] as Signed<Request>))).to.deep.equal([3]);
    });

    it("who had it from its client after a replica had relayed it replies", () => {
      const primary = new Lone(0, { clients: 8, pipelineDepth: 1 });
      const commit = () => {
        const { seq, digest } = primary.said("pre-prepare").at(-1) as PrePrepare;
        for (const id of [1, 2]) primary.deliver(prepareOf(id, 0, seq, digest), commitOf(id, 0, seq, digest));
      };
      const [first, ...others] = asking(6, [1, 2]) as [Signed<Request>, ...Signed<Request>[]];
      primary.deliver(first);
      for (const request of others) primary.deliverVia(replicaPrincipal(3 as ReplicaId), request);
      primary.deliver(others[2] as Signed<Request>);
      commit();
      expect(primary.said("reply").map(({ client }) => client as number)).to.deep.equal([0]);
      commit();
      expect(primary.said("reply").map(({ client }) => client as number)).to.deep.equal([0, 3]);
    });

    it("one that executed it without replying re-sends the reply to its client that asks", () => {
      const requests = asking(5, [0, 2]);
      const lone = new Lone(1, { clients: 8 });
      lone.deliver(...slotOf(0, 1, batchOf(...requests), 1));
      expect(lone.said("reply")).to.deep.equal([]);
      lone.deliver(requests[3] as Signed<Request>);
      expect(lone.said("reply").map(({ client }) => client as number)).to.deep.equal([3]);
    });
  });

  it("exactly once: a request in two batches, and twice in one, executes once", () => {
    const lone = new Lone(1, {});
    const request = requestOf("set x 1");
    lone.deliver(...slotOf(0, 1, batchOf(request, request), 1), ...slotOf(0, 2, batchOf(request), 1));
    const executed = lone.effects.flatMap((effect) => (effect.kind === "executed" ? [effect.requests.length] : []));
    expect(executed).to.deep.equal([1, 0]);
    expect(lone.said("reply")).to.have.lengthOf(1);
  });

  it("exactly once: of two requests with one timestamp the first that is ordered counts", () => {
    const lone = new Lone(1);
    lone.deliver(...slotOf(0, 1, batchOf(requestOf("set x 1")), 1), ...slotOf(0, 2, batchOf(requestOf("set x 2")), 1));
    expect(lone.said("reply").map(({ results }) => results)).to.deep.equal([[{ ok: true, value: "ok" }]]);
  });

  it("several operations in one request are executed in order, each with its own result", () => {
    const { results } = new TestCluster().ask(["set x 1", "get x", "cas x 1 2", "frob", "get x"]);
    expect(results.map(({ ok, value }) => [ok, ok ? value : "refused"])).to.deep.equal([
      [true, "ok"],
      [true, "1"],
      [true, "yes"],
      [false, "refused"],
      [true, "2"],
    ]);
  });

  it("timestamps may come in any order within the window (we differ: the paper has one request outstanding)", () => {
    const lone = new Lone(1);
    lone.deliver(...slotOf(0, 1, batchOf(requestOf("set x 3", 0, 3), requestOf("set x 1", 0, 1), requestOf("get x", 0, 2)), 1));
    expect(lone.said("reply").map(({ timestamp, results }) => [timestamp, results[0]?.value])).to.deep.equal([
      [3, "ok"],
      [1, "ok"],
      [2, "1"],
    ]);
  });

  it("what a client no longer waits for is forgotten: its request says which is the oldest that it does (we differ)", () => {
    const lone = new Lone(1);
    const requests = [5, 6, 7].map((timestamp) => requestOf("set x 1", 0, timestamp, timestamp === 7 ? 6 : 0));
    lone.deliver(...slotOf(0, 1, batchOf(...requests), 1));
    for (const [timestamp, replies] of [
      [5, 0],
      [6, 1],
      [7, 1],
    ] as const) {
      const effects = lone.deliver(requestOf("set x 1", 0, timestamp));
      expect([droppedIn(effects), messagesIn(effects, "reply").length], `timestamp ${timestamp}`).to.deep.equal([
        ["request-already-executed"],
        replies,
      ]);
    }
  });

  it("below the floor of the kept replies every timestamp counts as executed", () => {
    const lone = new Lone(1, { clientWindow: 2 });
    const requests = [5, 6, 7].map((timestamp) => requestOf("set x 1", 0, timestamp));
    lone.deliver(...slotOf(0, 1, batchOf(...requests), 1));
    // 5 was pushed out by 7: its reply is gone, and 4 was never seen, but both are below the floor.
    for (const [timestamp, replies] of [
      [4, 0],
      [5, 0],
      [6, 1],
      [7, 1],
    ] as const) {
      const effects = lone.deliver(requestOf("set x 1", 0, timestamp));
      expect([droppedIn(effects), messagesIn(effects, "reply").length], `timestamp ${timestamp}`).to.deep.equal([
        ["request-already-executed"],
        replies,
      ]);
    }
  });

  describe("bounds", () => {
    it("a client has at most its window of requests waiting, however many it sends", () => {
      const lone = new Lone(2, { clientWindow: 3 });
      const dropped = [1, 2, 3, 4, 5].map((timestamp) => droppedIn(lone.deliver(requestOf("set x 1", 0, timestamp))));
      expect(dropped).to.deep.equal([[], [], [], ["client-window-full"], ["client-window-full"]]);
      expect(lone.replica.inspect().queued).to.equal(3);
      expect(droppedIn(lone.deliver(requestOf("set x 1", 1, 1))), "another client has its own").to.deep.equal([]);
    });

    it("a client that floods the primary does not keep out what a backup relays for it", () => {
      const lone = new Lone(0, { clientWindow: 2, pipelineDepth: 1 });
      lone.deliver(...[1, 2, 3].map((timestamp) => requestOf("set x 1", 0, timestamp)));
      const effects = lone.deliverVia(replicaPrincipal(2 as ReplicaId), requestOf("set x 1", 0, 9));
      expect(droppedIn(effects)).to.deep.equal([]);
    });

    it("what executes makes room again", () => {
      const lone = new Lone(1, { clientWindow: 1 });
      const request = requestOf("set x 1");
      lone.deliver(request);
      lone.deliver(...slotOf(0, 1, batchOf(request), 1));
      expect(droppedIn(lone.deliver(requestOf("set x 2", 0, 2)))).to.deep.equal([]);
    });

    for (const [title, operations] of [
      ["too many operations", Array.from({ length: 17 }, () => "x")],
      ["an operation that is too long", ["x".repeat(1025)]],
      ["an operation of fewer characters than bytes allowed, but more bytes", ["é".repeat(513)]],
    ] as const)
      it(`${title}: refused before the signature is looked at`, () => {
        const { message, signer } = requestOf(operations);
        expect(new Lone(0).replica.reasonToDrop(signer, message)).to.equal("request-too-large");
      });

    it("the largest request that is accepted can be proposed and is accepted by the backups", () => {
      const cluster = new TestCluster({ config: { batchOperationsMax: 64, operationBytesMax: 1024, batchBytesMax: 65_536 } });
      const { results } = cluster.ask(Array.from({ length: 64 }, () => "x".repeat(1024)));
      expect(results).to.have.lengthOf(64);
      expect(cluster.status(1).view).to.equal(0);
    });
  });

  it("a client speaks for itself only", () => {
    const { message } = requestOf("set x 1", 0);
    expect(new Lone(0).replica.reasonToDrop(clientPrincipal(1 as ClientId), message)).to.equal("not-from-the-client");
  });

  it("the pre-prepare carries what the clients signed, so every backup can check it", () => {
    const request = requestOf("set x 1");
    const lone = new Lone(1);
    const forged = { ...request, signature: new Uint8Array(64) };
    expect(droppedIn(lone.deliver(prePrepareOf(0, 1, batchOf(forged))))).to.deep.equal(["request-signature-invalid"]);
    lone.deliver(request);
    expect(
      droppedIn(lone.deliver(prePrepareOf(0, 1, batchOf(forged)))),
      "also when it knows the request with its true signature",
    ).to.deep.equal(["request-signature-invalid"]);
    expect(droppedIn(lone.deliver(prePrepareOf(0, 1, batchOf(request))))).to.deep.equal([]);
  });
});
