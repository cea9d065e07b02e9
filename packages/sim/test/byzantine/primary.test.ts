import { type Principal, replicaPrincipal } from "@bft/core";
import { type Claimed, type FetchBatch, type Request, readBatch } from "@bft/core/pbft";
import { expect } from "chai";
import type { Envelope } from "../../../core/test/support/cluster.js";
import { byReplica, ports } from "../../../core/test/support/forge.js";
import { clusterWith, refusals, said } from "./support.js";

/** The requests in the batch of a proposal. */
function requestsIn({ signed }: ReturnType<typeof said<"pre-prepare">>[number]): readonly Claimed<Request>[] {
  const { attachment } = signed;
  return attachment === null ? [] : (readBatch(attachment, ports.hash(attachment))?.requests ?? []);
}

const proposals = (sent: readonly Envelope[]) => said(sent, "pre-prepare");
const receiversOf = (told: readonly { readonly to: number }[]) => [...new Set(told.map(({ to }) => to))].sort();
const client = (id: number) => ({ role: "client", id }) as Principal;

/** The sequence numbers and views that replica 1 executed, with how many requests. */
const executedBy1 = (cluster: ReturnType<typeof clusterWith>["cluster"]) =>
  cluster.effectsOf(1, "executed").map(({ seq, view, requests }) => [seq, view, requests.length]);

describe("a primary's lies are really told", () => {
  it("silent-primary: no proposal, but votes in the view of another", () => {
    const { cluster, sent } = clusterWith(0, "silent-primary");
    expect(cluster.ask("set x 1").view).to.equal(1);
    expect(proposals(sent)).to.deep.equal([]);
    expect(said(sent, "prepare").map(({ message }) => message.view)).to.include(1);
  });

  it("silent-primary: no new-view when it is its turn", () => {
    const { cluster, sent } = clusterWith(1, "silent-primary");
    cluster.kill(0);
    expect(cluster.ask("set x 1").view).to.equal(2);
    expect(cluster.effectsOf(1, "view-entered").map(({ view }) => view)).to.deep.equal([1, 2]);
    expect(said(sent, "new-view")).to.deep.equal([]);
  });

  it("wrong-batch: each batch can be read and is not the one that was signed", () => {
    const { cluster, sent } = clusterWith(0, "wrong-batch");
    expect(cluster.ask("set x 1").view).to.equal(1);
    expect(proposals(sent)).not.to.deep.equal([]);
    for (const told of proposals(sent)) {
      expect(requestsIn(told)).not.to.deep.equal([]);
      expect(ports.hash(told.signed.attachment as Uint8Array)).not.to.equal(told.message.digest);
    }
    for (const backup of [1, 2, 3]) expect(refusals(cluster, backup)).to.include("batch-digest-mismatch");
  });

  it("seq-gap: number 1 is left out, and the next view fills it with a null request", () => {
    const { cluster, sent } = clusterWith(0, "seq-gap");
    expect(cluster.ask("set x 1")).to.include({ view: 1, seq: 2 });
    const numbers = proposals(sent).filter(({ message }) => message.view === 0);
    expect(new Set(numbers.map(({ message }) => message.seq))).to.deep.equal(new Set([2]));
    expect(executedBy1(cluster)).to.deep.equal([
      [1, 1, 0],
      [2, 0, 1],
    ]);
  });

  it("seq-jump: into the window, past it, and to the largest number", () => {
    const jumps = new Set<number>();
    for (let seed = 1; seed <= 12; seed++) {
      const { cluster, sent } = clusterWith(0, "seq-jump", { seed });
      cluster.submit("set x 1");
      cluster.settle();
      const jumped = proposals(sent)[0]?.message.seq as number;
      jumps.add(jumped);
      if (jumped > 16) expect(refusals(cluster, 2)).to.include("above-window");
      expect(cluster.effectsOf(2, "executed")).to.deep.equal([]);
    }
    expect(jumps).to.deep.equal(new Set([9, 25, 1_000_001, Number.MAX_SAFE_INTEGER]));
  });

  it("seq-off-by-one: one replica is told the next number, again when it asks", () => {
    const { cluster, sent } = clusterWith(0, "seq-off-by-one");
    const { view, digest } = { view: cluster.ask("set x 1").view, digest: proposals(sent)[0]?.message.digest };
    expect(view).to.equal(0);
    cluster.run(1_000);
    const told = proposals(sent).filter(({ message }) => message.digest === digest);
    const [lied, honest] = [2, 1].map((seq) => receiversOf(told.filter(({ message }) => message.seq === seq)));
    expect(lied).to.have.length(1);
    expect([...(lied ?? []), ...(honest ?? [])].sort()).to.deep.equal([1, 2, 3]);
    expect(cluster.status(lied?.[0] as number).lastExecuted, "the victim catches up").to.equal(1);
  });

  it("view-off-by-one: the proposals of view 0 are signed for view 1", () => {
    const { cluster, sent } = clusterWith(0, "view-off-by-one");
    cluster.submit("set x 1");
    cluster.settle();
    expect(new Set(proposals(sent).map(({ message }) => message.view))).to.deep.equal(new Set([1]));
    for (const backup of [1, 2, 3]) expect(refusals(cluster, backup)).to.include("view-ahead");
  });

  for (const [faults, told] of [
    [1, 1],
    [2, 3],
  ] as const)
    it(`too-few: ${told} of ${3 * faults} backups hear of a proposal, and nothing prepares`, () => {
      const { cluster, sent } = clusterWith(0, "too-few", { faults });
      expect(cluster.ask("set x 1").view).to.equal(1);
      expect(receiversOf(proposals(sent).filter(({ message }) => message.view === 0))).to.have.length(told);
      expect(executedBy1(cluster).map(([, view]) => view)).to.deep.equal([1]);
    });

  it("withhold-body: headers without a batch, to all or to whose vote is not needed; no answer to who asks", () => {
    const bodies = new Set<number>();
    for (let seed = 1; seed <= 8; seed++) {
      const { cluster, sent } = clusterWith(0, "withhold-body", { seed });
      cluster.submit("set x 1");
      cluster.settle();
      expect(receiversOf(proposals(sent))).to.deep.equal([1, 2, 3]);
      const withBody = proposals(sent).filter(({ signed }) => signed.attachment !== null).length;
      bodies.add(withBody);
      expect(refusals(cluster, 3)).to.include("batch-missing");
      expect(cluster.effectsOf(1, "executed")).to.have.length(withBody === 0 ? 0 : 1);
      const { seq, digest } = proposals(sent)[0]?.message ?? {};
      cluster.deliver(0, byReplica<FetchBatch>(3, { kind: "fetch-batch", seq, digest } as FetchBatch) as never);
      expect(said(sent, "batch")).to.deep.equal([]);
    }
    expect(bodies).to.deep.equal(new Set([0, 2]));
  });

  it("invent-operation: a request that its client did not sign, with the liar's signature or one for something else", () => {
    const signedByLiar = new Set<boolean>();
    for (let seed = 1; seed <= 8; seed++) {
      const { cluster, sent } = clusterWith(0, "invent-operation", { seed });
      cluster.submit("set x 1");
      cluster.settle();
      const invented = requestsIn(proposals(sent)[0] as never)[1] as Claimed<Request>;
      expect(invented.message).to.include({ client: 0, timestamp: 2 });
      expect(ports.verify(client(0), invented.payload, invented.signature)).to.equal(false);
      signedByLiar.add(ports.verify(replicaPrincipal(0 as never), invented.payload, invented.signature));
      expect(refusals(cluster, 1)).to.include("request-signature-invalid");
    }
    expect(signedByLiar).to.deep.equal(new Set([true, false]));
  });

  it("repeat-request: what was executed is proposed again, agreed on, and not executed again", () => {
    const { cluster, sent } = clusterWith(0, "repeat-request");
    for (const n of [1, 2, 3]) expect(cluster.ask(`set x ${n}`).view).to.equal(0);
    const third = proposals(sent).find(({ message }) => message.seq === 3);
    expect(requestsIn(third as never).map(({ message }) => message.timestamp)).to.deep.equal([1, 2, 3]);
    expect(executedBy1(cluster)).to.deep.equal([
      [1, 0, 1],
      [2, 0, 1],
      [3, 0, 1],
    ]);
  });

  it("censor: as primary it never proposes the client that it heard first, and serves the other one", () => {
    const { cluster, sent } = clusterWith(0, "censor");
    cluster.submit("set x 1", 0);
    expect(cluster.ask("set y 1", 1).view).to.equal(0);
    cluster.runUntil(() => cluster.accepted(0) > 0);
    const proposed = proposals(sent).flatMap((told) => requestsIn(told).map(({ message }) => message.client));
    expect(new Set(proposed)).to.deep.equal(new Set([1]));
    expect(cluster.outcomes.get(0)?.[0]?.view).to.equal(1);
  });

  it("censor: as backup it does not pass the client's request on, and does another one's", () => {
    const { cluster, sent } = clusterWith(2, "censor");
    const record = cluster.meddle;
    cluster.meddle = (envelope) => (envelope.from.role === "client" && envelope.to.id !== 2 ? [] : record(envelope));
    for (const id of [0, 1]) cluster.submit("set x 1", id);
    cluster.run(400);
    expect(new Set(said(sent, "request").map(({ message }) => message.client))).to.deep.equal(new Set([1]));
  });

  it("slow-primary: proposals leave at four fifths of the timeout, not earlier by retransmission, and the view stays", () => {
    const { cluster, sent } = clusterWith(0, "slow-primary");
    const times: number[] = [];
    const record = cluster.meddle;
    cluster.meddle = (envelope) => {
      const before = proposals(sent).length;
      const result = record(envelope);
      if (proposals(sent).length > before) times.push(cluster.now);
      return result;
    };
    expect(cluster.ask("set x 1").view).to.equal(0);
    expect(times).to.deep.equal([800, 800, 800]);
    expect(cluster.now).to.equal(800);
  });

  it("slow-primary: it is replaced after the sixteenth request, and what comes then is served at once", () => {
    const { cluster } = clusterWith(0, "slow-primary");
    const views = Array.from({ length: 17 }, (_, i) => cluster.ask(`set x ${i}`).view as number);
    expect(views.slice(0, 16)).to.deep.equal(new Array(16).fill(0));
    expect(views[16]).to.equal(1);
    const before = cluster.now;
    for (let i = 0; i < 20; i++) cluster.ask(`set y ${i}`);
    expect(cluster.now - before).to.be.lessThan(800);
  });
});
