import {
  type Client,
  type ClientEffect,
  type ClientId,
  type ClientMessage,
  clientPrincipal,
  type SeqNum,
  type SignedOf,
  type Timestamp,
  type View,
} from "@bft/core";
import type { Reply } from "@bft/core/pbft";
import { expect } from "chai";
import { accepted, clientWith, OK, replyOf, submit, targets } from "./support/clients.js";
import { TestCluster } from "./support/cluster.js";
import { digestOf, prepareOf, signAs } from "./support/forge.js";

const dropped = (effects: readonly ClientEffect[]) =>
  effects.flatMap((effect) => (effect.kind === "dropped" ? [effect.reason] : []));

describe("§4.1: a client", () => {
  it("sends its request to the primary that it believes in", () => {
    expect(targets(submit(clientWith(), "x"))).to.deep.equal([0]);
  });

  it('"accepts the result" with f+1 equal replies of different replicas', () => {
    const client = clientWith();
    submit(client, "x");
    expect(accepted(client.step(replyOf(1, 1)))).to.deep.equal([]);
    const [outcome] = accepted(client.step(replyOf(3, 1)));
    expect(outcome).to.deep.include({
      timestamp: 1,
      operations: ["x"],
      results: OK,
      seq: 1,
      agreed: [1, 3],
      disagreed: [],
      silent: [0, 2],
    });
  });

  it("f = 2 takes three", () => {
    const client = clientWith({ replicas: 7, answers: 3, liars: 2 });
    submit(client, "x");
    expect([1, 2, 3].map((from) => accepted(client.step(replyOf(from, 1))).length)).to.deep.equal([0, 0, 1]);
  });

  it("one replica's reply counts once, the first", () => {
    const client = clientWith();
    submit(client, "x");
    client.step(replyOf(1, 1));
    const again = client.step(replyOf(1, 1));
    expect([accepted(again), dropped(again)]).to.deep.equal([[], ["duplicate"]]);
  });

  const lies: readonly (readonly [title: string, fields: Partial<Omit<Reply, "kind">>])[] = [
    ["another result", { results: [{ ok: true, value: "lie" }] }],
    ["a refusal", { results: [{ ok: false, value: "ok" }] }],
    ["no value", { results: [{ ok: true, value: null }] }],
    ["another sequence number", { seq: 2 as SeqNum }],
  ];
  for (const [title, fields] of lies)
    it(`f liars that say ${title} are found out, not believed`, () => {
      const client = clientWith();
      submit(client, "x");
      client.step(replyOf(2, 1, fields));
      expect(accepted(client.step(replyOf(1, 1)))).to.deep.equal([]);
      const [outcome] = accepted(client.step(replyOf(0, 1)));
      expect(outcome?.results).to.deep.equal(OK);
      expect(outcome?.disagreed.map(({ replica }) => replica)).to.deep.equal([2]);
    });

  const refused: readonly (readonly [reason: string, message: Parameters<Client["step"]>[0]])[] = [
    ["not-for-this-client", replyOf(1, 1, { client: 5 as ClientId })],
    ["not-outstanding", replyOf(1, 2)],
    ["results-count", replyOf(1, 1, { results: [...OK, ...OK] })],
    ["results-count", replyOf(1, 1, { results: [] })],
    ["not-a-reply", { kind: "message", signed: prepareOf(1, 0, 1, digestOf("d")) as unknown as SignedOf<ClientMessage> }],
    ["not-a-reply", replyOf(4, 1)],
    ["not-a-reply", { kind: "message", signed: signAs(clientPrincipal(1 as ClientId), replyOf(1, 1).signed.message) }],
  ];
  for (const [reason, message] of refused)
    it(`${reason}: such a reply is dropped and counts for nothing`, () => {
      const client = clientWith();
      submit(client, "x");
      expect(dropped(client.step(message))).to.deep.equal([reason]);
      client.step(replyOf(1, 1));
      expect(accepted(client.step(replyOf(2, 1)))).to.have.lengthOf(1);
    });

  it('"if the client does not receive replies soon enough, it broadcasts the request to all replicas"', () => {
    const client = clientWith();
    const timers = submit(client, "x").flatMap((effect) => (effect.kind === "start-timer" ? [effect] : []));
    expect(timers.map(({ delayMs }) => delayMs)).to.deep.equal([100]);
    const timer = timers[0]?.timer ?? "";
    client.step(replyOf(2, 1));
    const effects = client.step({ kind: "timer-fired", timer });
    expect(targets(effects), "to who has not answered").to.deep.equal([0, 1, 3]);
    const delays = [1, 2, 3, 4].flatMap(() =>
      client.step({ kind: "timer-fired", timer }).flatMap((effect) => (effect.kind === "start-timer" ? [effect.delayMs] : [])),
    );
    expect(delays, "the wait doubles up to eightfold").to.deep.equal([400, 800, 800, 800]);
  });

  it("what was accepted is not sent again, and its timer ends", () => {
    const client = clientWith();
    submit(client, "x");
    client.step(replyOf(1, 1));
    const effects = client.step(replyOf(2, 1));
    expect(effects.some((effect) => effect.kind === "cancel-timer" && effect.timer === "retry 1")).to.equal(true);
    expect(targets(client.step({ kind: "timer-fired", timer: "retry 1" }))).to.deep.equal([]);
  });

  it("knows a reply that says what was accepted already, and no other", () => {
    const client = clientWith();
    submit(client, "set x 1");
    const known = (fields: Partial<Omit<Reply, "kind">>, timestamp = 1) =>
      client.isKnown(replyOf(3, timestamp, fields).signed.message as Reply);
    expect(known({}), "nothing is accepted yet").to.equal(false);
    client.step(replyOf(0, 1));
    client.step(replyOf(1, 1));
    expect(known({})).to.equal(true);
    expect(known({ view: 7 as View }), "the view may differ while it changes").to.equal(true);
    expect(known({ results: [{ ok: true, value: "no" }] })).to.equal(false);
    expect(known({ results: [...OK, ...OK] })).to.equal(false);
    expect(known({ seq: 2 as SeqNum })).to.equal(false);
    expect(known({ client: 1 as ClientId })).to.equal(false);
    expect(known({}, 2), "no such request").to.equal(false);
  });

  it("its request says which is the oldest that waits for an answer", () => {
    const client = clientWith();
    const oldest = () => {
      const sent = submit(client, "set x 1").find((effect) => effect.kind === "send");
      return sent?.kind === "send" && sent.signed.kind === "request" ? sent.signed.message.oldest : null;
    };
    expect([oldest(), oldest(), oldest()]).to.deep.equal([1, 1, 1]);
    for (const timestamp of [2, 1]) for (const from of [0, 1]) client.step(replyOf(from, timestamp));
    expect(oldest()).to.equal(3);
    for (const timestamp of [3, 4]) for (const from of [0, 1]) client.step(replyOf(from, timestamp));
    expect(oldest(), "its own").to.equal(5);
  });

  it("late replies are told: who agreed, and when all have answered", () => {
    const client = clientWith();
    submit(client, "x");
    const answered = [0, 1, 2, 3].map((from) =>
      client.step(replyOf(from, 1)).flatMap((effect) => (effect.kind === "answered" ? [effect.complete] : [])),
    );
    expect(answered).to.deep.equal([[false], [false], [false], [true]]);
    expect(client.outcome(1 as Timestamp)?.agreed).to.deep.equal([0, 1, 2, 3]);
  });

  describe("which primary", () => {
    const nextTarget = (client: Client) => targets(submit(client, "next"));

    it("it follows the view that f+1 replicas report", () => {
      const client = clientWith();
      submit(client, "x");
      client.step(replyOf(1, 1, { view: 2 as View }));
      client.step(replyOf(3, 1, { view: 2 as View }));
      expect(nextTarget(client)).to.deep.equal([2]);
    });

    it("f liars do not lead it astray", () => {
      const client = clientWith();
      submit(client, "x");
      for (const [from, view] of [
        [3, 99],
        [1, 0],
        [2, 0],
      ] as const)
        client.step(replyOf(from, 1, { view: view as View }));
      expect(nextTarget(client)).to.deep.equal([0]);
    });

    it("hints of f+1 links are a first guess", () => {
      const client = clientWith({}, []);
      for (const [replica, hint] of [
        [0, 7],
        [1, 1],
        [2, 1],
      ] as const)
        client.step({ kind: "link", replica: replica as never, up: true, hint });
      expect(nextTarget(client)).to.deep.equal([1]);
    });

    it("without a link to the primary the request goes to all that there are", () => {
      expect(targets(submit(clientWith({}, [1, 3]), "x"))).to.deep.equal([1, 3]);
    });

    it("a link that comes up gets what waits for it", () => {
      const client = clientWith({}, [1]);
      submit(client, "x");
      expect(targets(client.step({ kind: "link", replica: 0 as never, up: true, hint: null }))).to.deep.equal([0]);
      client.step({ kind: "link", replica: 0 as never, up: false, hint: null });
      expect(targets(client.step({ kind: "timer-fired", timer: "retry 1" }))).to.deep.equal([1]);
    });
  });

  describe("its window (we differ: the paper has one request outstanding)", () => {
    it("bounds the span from the oldest outstanding timestamp", () => {
      const client = clientWith({ window: 2 });
      submit(client, "a");
      submit(client, "b");
      expect(client.canSubmit).to.equal(false);
      expect(() => submit(client, "c")).to.throw(RangeError, "at most 2 requests");
      for (const from of [1, 2]) client.step(replyOf(from, 2));
      expect(client.canSubmit, "1 still waits").to.equal(false);
      for (const from of [1, 2]) client.step(replyOf(from, 1));
      expect(client.canSubmit).to.equal(true);
    });

    it("forgets old outcomes", () => {
      const client = clientWith({ window: 2 });
      for (let timestamp = 1; timestamp <= 20; timestamp++) {
        submit(client, "x");
        for (const from of [1, 2]) client.step(replyOf(from, timestamp));
      }
      expect(client.outcome(1 as Timestamp)).to.equal(null);
      expect(client.outcome(20 as Timestamp)?.timestamp).to.equal(20);
    });
  });

  it("starts at the timestamp that it is told, and grows by one", () => {
    const client = clientWith({ firstTimestamp: 1000 as Timestamp });
    const timestamps = [1, 2].flatMap(() =>
      submit(client, "x").flatMap((effect) => (effect.kind === "submitted" ? [effect.timestamp as number] : [])),
    );
    expect(timestamps).to.deep.equal([1000, 1001]);
  });

  it("refuses a request of nothing", () => {
    expect(() => submit(clientWith())).to.throw(RangeError, "at least one operation");
  });
});

describe("§5.1.3: read-only operations (fast reads)", () => {
  const fast = (service = {}) => new TestCluster({ reads: "fast", ...service });
  const read = (cluster: TestCluster, operation: string) => {
    const before = cluster.accepted();
    cluster.submit(operation, 0, true);
    cluster.runUntil(() => cluster.accepted() > before);
    return cluster.outcomes.get(0)?.at(-1);
  };

  it("are answered by all replicas at once, and order nothing", () => {
    const cluster = fast();
    cluster.ask("set x 1");
    cluster.settle();
    expect(read(cluster, "get x")?.results).to.deep.equal([{ ok: true, value: "1" }]);
    expect([0, 1, 2, 3].map((id) => cluster.status(id).lastExecuted)).to.deep.equal([1, 1, 1, 1]);
  });

  it("need a quorum of equal replies, and so do writes with them", () => {
    for (const readOnly of [true, false]) {
      const client = clientWith({ reads: "fast", answers: 3 });
      client.step({ kind: "submit", operations: ["get x"], readOnly });
      expect([0, 1, 2].map((from) => accepted(client.step(replyOf(from, 1))).length)).to.deep.equal([0, 0, 1]);
    }
  });

  it("count replies of different sequence numbers as equal when the results are", () => {
    const client = clientWith({ reads: "fast", answers: 3 });
    client.step({ kind: "submit", operations: ["get x"], readOnly: true });
    const outcomes = [0, 1, 2].flatMap((from) => accepted(client.step(replyOf(from, 1, { seq: from as SeqNum }))));
    expect(outcomes).to.have.lengthOf(1);
  });

  it("fall back to ordering when replicas disagree, or do not answer in time", () => {
    const disagreeing = clientWith({ reads: "fast", answers: 3 });
    disagreeing.step({ kind: "submit", operations: ["get x"], readOnly: true });
    const last =
      [0, 1, 2, 3].map((from) => disagreeing.step(replyOf(from, 1, { results: [{ ok: true, value: `${from % 2}` }] }))).at(-1) ??
      [];
    expect(last.some((effect) => effect.kind === "fell-back" && effect.from === 1 && effect.to === 2)).to.equal(true);
    expect(targets(last)).to.deep.equal([0]);
    const silent = clientWith({ reads: "fast", answers: 3 });
    silent.step({ kind: "submit", operations: ["get x"], readOnly: true });
    expect(silent.step({ kind: "timer-fired", timer: "retry 1" }).map(({ kind }) => kind)).to.include("fell-back");
  });

  it("see every write that was answered before, also with one replica behind", () => {
    const cluster = fast();
    cluster.kill(3);
    cluster.ask("set x 1");
    cluster.start(3);
    expect(read(cluster, "get x")?.results).to.deep.equal([{ ok: true, value: "1" }]);
  });

  it("change nothing, also when the operation would", () => {
    const cluster = fast();
    cluster.ask("set x 1");
    cluster.settle();
    expect(read(cluster, "set x 2")?.results[0]?.ok).to.equal(false);
    expect(cluster.ask("get x").results).to.deep.equal([{ ok: true, value: "1" }]);
  });
});
