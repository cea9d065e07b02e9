import { encodeWire } from "@bft/core";
import { MULTIPAXOS } from "@bft/core/multipaxos";
import { expect } from "chai";
import { CrashCluster } from "../support/crash-cluster.js";
import {
  acceptedOf,
  acceptOf,
  droppedIn,
  executedIn,
  heartbeatOf,
  LonePaxos,
  messagesIn,
  NO_OP,
  prepareOf,
  promiseOf,
  proposalsIn,
  refusedOf,
  requestOf,
  type TestValue,
  valueNamed,
  valueOfBytes,
  valueOfRequest,
} from "./lone.js";

const [a, b, c] = [valueNamed("a", 1), valueNamed("b", 2), valueNamed("c", 3)];

type Told = readonly [ballot: number, value: TestValue] | null;

/** A candidate for ballot 7 that has itself accepted `own`, one entry an instance. */
function candidate(own: readonly Told[]): LonePaxos {
  const lone = new LonePaxos(1);
  for (const [index, each] of own.entries()) if (each !== null) lone.deliver(acceptOf(each[0], index + 1, each[1]));
  lone.deliver(prepareOf(6));
  lone.fire("silence");
  return lone;
}

function told(accepted: readonly Told[]) {
  return accepted.flatMap((each, index) => (each === null ? [] : [[index + 1, each[0], each[1]] as const]));
}

describe("Paxos Made Simple §3: implementing a state machine", () => {
  it("a new cluster has a leader at once: nothing can have been accepted below ballot 0", () => {
    const lone = new LonePaxos(0);
    expect(lone.status).to.include({ view: 0, primary: 0, isPrimary: true });
    expect(proposalsIn(lone.deliver(requestOf("set x 1")))).to.deep.equal([[1, valueOfRequest("set x 1").digest]]);
    expect(new LonePaxos(2).status).to.include({ view: 0, primary: 0, isPrimary: false });
  });

  it("one prepare request is for all instances from the first one that is not executed here", () => {
    const lone = new LonePaxos(1);
    lone.deliver(acceptOf(0, 1, a), acceptOf(0, 2, b), heartbeatOf(0, 1));
    expect(messagesIn(lone.fire("silence"), "prepare")).to.deep.equal([{ kind: "prepare", ballot: 1, from: 2 }]);
  });

  it("one promise tells of all instances that were accepted in from there on", () => {
    const lone = new LonePaxos(1);
    lone.deliver(acceptOf(0, 1, a), acceptOf(0, 2, b), acceptOf(0, 4, c));
    const [promise] = messagesIn(lone.deliver(prepareOf(2, 2)), "promise");
    expect(promise?.accepted.map(({ seq }) => seq as number)).to.deep.equal([2, 4]);
    expect(promise).to.include({ ballot: 2, from: 2, low: 0, executed: 0, complete: true });
  });

  it("P2c in each instance, a no-op in each gap, for every combination of what two acceptors accepted in two instances", () => {
    const mine: readonly Told[] = [null, [0, a], [3, b]];
    const theirs: readonly Told[] = [null, [0, a], [3, b], [5, c]];
    let combinations = 0;
    for (const own1 of mine)
      for (const own2 of mine)
        for (const other1 of theirs)
          for (const other2 of theirs) {
            // An acceptor's ballots come in order here: what it accepted first has the lower one.
            if (own1 !== null && own2 !== null && own1[0] > own2[0]) continue;
            const lone = candidate([own1, own2]);
            const effects = lone.deliver(promiseOf(2, 7, told([other1, other2])));
            const highest = (x: Told, y: Told) => (x === null ? y : y === null || x[0] >= y[0] ? x : y);
            const expected = [highest(own1, other1), highest(own2, other2)].map((each) => each?.[1].digest ?? NO_OP.digest);
            while (expected.at(-1) === NO_OP.digest) expected.pop();
            const name = JSON.stringify([own1, own2, other1, other2].map((each) => each?.[0] ?? null));
            expect(
              proposalsIn(effects).map(([, digest]) => digest),
              name,
            ).to.deep.equal(expected);
            combinations += 1;
          }
    expect(combinations).to.equal(128);
  });

  it("new values come after what phase 1 told of", () => {
    const lone = candidate([null, [0, a]]);
    lone.deliver(promiseOf(2, 7, []));
    expect(proposalsIn(lone.deliver(requestOf("set x 1", 1)))).to.deep.equal([[3, valueOfRequest("set x 1", 1).digest]]);
  });

  it("a no-op leaves the state unchanged", () => {
    const lone = candidate([null, [0, a]]);
    lone.deliver(promiseOf(2, 7, []));
    const executed = executedIn(lone.deliver(acceptedOf(2, 7, 1, NO_OP), acceptedOf(2, 7, 2, a)));
    expect(executed.map(({ requests }) => requests.length)).to.deep.equal([0, 1]);
  });

  it("a promise that does not fit into one message is asked for on, and counts when it is complete", () => {
    const lone = new LonePaxos(1);
    lone.fire("silence");
    const effects = lone.deliver(promiseOf(2, 1, [[1, 0, a]], { complete: false }));
    expect(messagesIn(effects, "prepare")).to.deep.equal([{ kind: "prepare", ballot: 1, from: 2 }]);
    expect(lone.status.isPrimary).to.equal(false);
    expect(proposalsIn(lone.deliver(promiseOf(2, 1, [[2, 0, b]], { from: 2 })))).to.deep.equal([
      [1, a.digest],
      [2, b.digest],
    ]);
  });

  it("an acceptor tells in parts what is too much for one message", () => {
    const lone = new LonePaxos(1, { batchBytesMax: 600_000, operationBytesMax: 60_000 });
    const operations = Array.from({ length: 8 }, () => "x".repeat(60_000));
    const big = [1, 2, 3].map((timestamp) => valueOfBytes(encodeWire([[0, timestamp, operations, 0]])));
    lone.deliver(...big.map((value, index) => acceptOf(0, index + 1, value)));
    const [first] = messagesIn(lone.deliver(prepareOf(2)), "promise");
    expect(first?.complete).to.equal(false);
    expect(first?.accepted.map(({ seq }) => seq as number)).to.deep.equal([1, 2]);
    const [second] = messagesIn(lone.deliver(prepareOf(2, 3)), "promise");
    expect(second?.complete).to.equal(true);
    expect(second?.accepted.map(({ seq }) => seq as number)).to.deep.equal([3]);
  });

  it("who has executed and forgotten an instance says so: its promise counts only once the candidate has executed it too", () => {
    const lone = new LonePaxos(1);
    lone.fire("silence");
    const effects = lone.deliver(promiseOf(2, 1, [[9, 0, b]], { low: 8, executed: 8 }));
    expect(lone.status.isPrimary).to.equal(false);
    expect(proposalsIn(effects), "instance 1 is chosen already, and not as a no-op").to.deep.equal([]);
    for (let tick = 0; tick < 2; tick++) lone.fire("tick");
    expect(lone.said("fetch")).to.deep.equal([{ kind: "fetch", from: 1 }]);
  });

  it("other acceptors that keep the instance are a majority without it", () => {
    const lone = new LonePaxos(1, { replicas: 5, faults: 2 });
    lone.fire("silence");
    lone.deliver(promiseOf(2, 1, [], { low: 8 }), promiseOf(3, 1, [[1, 0, a]]));
    expect(lone.status.isPrimary).to.equal(false);
    expect(proposalsIn(lone.deliver(promiseOf(4, 1)))).to.deep.equal([[1, a.digest]]);
  });

  it("values are proposed before the ones before them are chosen, up to the pipeline's depth, and executed in order", () => {
    const lone = new LonePaxos(0, { pipelineDepth: 2 });
    const requests = [1, 2, 3, 4].map((timestamp) => requestOf(`set x ${timestamp}`, 0, timestamp));
    const effects = lone.deliver(...requests);
    expect(proposalsIn(effects).map(([seq]) => seq)).to.deep.equal([1, 2]);
    expect(executedIn(lone.deliver(acceptedOf(1, 0, 2, valueOfRequest("set x 2", 0, 2))))).to.deep.equal([]);
    const after = lone.deliver(acceptedOf(1, 0, 1, valueOfRequest("set x 1", 0, 1)));
    expect(executedIn(after).map(({ seq }) => seq as number)).to.deep.equal([1, 2]);
    expect(messagesIn(after, "reply").map(({ seq }) => seq as number)).to.deep.equal([1, 2]);
    const [third] = messagesIn(after, "accept");
    expect(third?.seq, "what has waited goes together").to.equal(3);
    expect(third?.chosen, "and the others learn what is chosen").to.equal(2);
    expect(lone.status.slots.find(({ seq }) => seq === 3)?.requests).to.equal(2);
  });

  it("the leader asks again for what a majority has not accepted, and only those that have not", () => {
    const lone = new LonePaxos(0, { replicas: 5, faults: 2 });
    lone.deliver(requestOf("set x 1"), acceptedOf(2, 0, 1, valueOfRequest("set x 1")));
    const effects = [0, 1, 2].flatMap(() => lone.fire("tick"));
    const again = effects.flatMap((effect) =>
      effect.kind === "send" && effect.signed.kind === "accept" ? [effect.to as number] : [],
    );
    expect(new Set(again)).to.deep.equal(new Set([1, 3, 4]));
    expect(messagesIn(effects, "heartbeat")).to.have.length(3);
  });

  it("an acceptor that has accepted says so again when it is asked again, and writes nothing", () => {
    const lone = new LonePaxos(1);
    lone.deliver(acceptOf(0, 1, a));
    const effects = lone.deliver(acceptOf(0, 1, a));
    expect(messagesIn(effects, "accepted")).to.have.length(1);
    expect(effects.some(({ kind }) => kind === "persist")).to.equal(false);
  });

  it("the leader is told of a higher ballot, and follows it", () => {
    const lone = new LonePaxos(0);
    lone.deliver(refusedOf(1, 0, 7));
    expect(lone.status).to.include({ view: 7, isPrimary: false });
    expect(lone.restarted().status.view).to.equal(7);
  });

  it("a leader that comes back does not go on in its ballot, of which it may have forgotten a proposal", () => {
    const lone = new LonePaxos(0);
    lone.deliver(requestOf("set x 1"));
    const back = lone.restarted();
    expect(back.status.isPrimary).to.equal(false);
    expect(back.said("heartbeat")).to.deep.equal([]);
    expect(messagesIn(back.fire("silence"), "prepare")).to.deep.equal([{ kind: "prepare", ballot: 3, from: 1 }]);
  });

  it("an instance that was accepted is proposed again with its value by a leader that comes back", () => {
    const lone = new LonePaxos(0);
    lone.deliver(requestOf("set x 1"));
    const back = lone.restarted();
    back.fire("silence");
    expect(proposalsIn(back.deliver(promiseOf(1, 3)))).to.deep.equal([[1, valueOfRequest("set x 1").digest]]);
  });

  it("an acceptor that executed an instance long ago tells a leader that proposes in it how far it is", () => {
    const lone = new LonePaxos(1, { checkpointInterval: 1, pipelineDepth: 2 });
    lone.deliver(acceptOf(0, 1, a), acceptOf(0, 2, b, 1), acceptOf(0, 3, c, 2), heartbeatOf(0, 3));
    const effects = lone.deliver(acceptOf(2, 1, NO_OP));
    expect(droppedIn(effects)).to.deep.equal(["below-window"]);
    expect(messagesIn(effects, "refused")).to.deep.equal([{ kind: "refused", ballot: 2, promised: 2, executed: 3 }]);
  });

  it("what is kept is bounded: the leader proposes no further than 2K beyond its snapshot", () => {
    const lone = new LonePaxos(0, { checkpointInterval: 2, pipelineDepth: 4 });
    for (let timestamp = 1; timestamp <= 10; timestamp++) lone.deliver(requestOf("set x 1", 0, timestamp));
    expect(lone.said("accept").map(({ seq }) => seq as number)).to.deep.equal([1, 2, 3, 4]);
    expect(lone.status.highWaterMark).to.equal(4);
  });
});

describe("Multi-Paxos as a cluster", () => {
  it("orders, executes everywhere and answers; the leader alone sends", () => {
    const cluster = new CrashCluster(MULTIPAXOS);
    for (let i = 0; i < 20; i++) expect(cluster.ask(`set k${i} ${i}`).results[0]?.ok).to.equal(true);
    expect(cluster.ask("get k7").results[0]?.value).to.equal("7");
    cluster.run(1_000);
    expect([0, 1, 2].map((id) => cluster.status(id).lastExecuted as number)).to.deep.equal([21, 21, 21]);
    expect(cluster.effectsOf(1, "view-change-started")).to.deep.equal([]);
    expect(cluster.effectsOf(1, "reply")).to.deep.equal([]);
  });

  it("2f+1 go on without f, and no further; nothing is lost", () => {
    const cluster = new CrashCluster(MULTIPAXOS, { faults: 2 });
    cluster.ask("set x 1");
    cluster.kill(0);
    cluster.kill(4);
    expect(cluster.ask("get x").results[0]?.value).to.equal("1");
    const leader = cluster.leader() as number;
    expect(cluster.effectsOf(leader, "view-entered").map(({ primary }) => primary as number)).to.include(leader);
    cluster.kill(leader);
    cluster.submit("set x 2");
    cluster.run(20_000);
    expect(cluster.answered()).to.equal(2);
    cluster.start(0);
    cluster.runUntil(() => cluster.answered() === 3);
    expect(cluster.ask("get x").results[0]?.value).to.equal("2");
  });

  it("comes to rest on links that are slower than the timeout, and goes on", () => {
    const cluster = new CrashCluster(MULTIPAXOS, { config: { viewChangeTimeoutMs: 50 } });
    cluster.meddle = (envelope) => [{ ...envelope, delayMs: 150 }];
    for (let i = 0; i < 10; i++) cluster.ask(`set k${i} ${i}`);
    const started = () => [0, 1, 2].reduce((sum, id) => sum + cluster.effectsOf(id, "view-change-started").length, 0);
    const before = started();
    cluster.run(10_000);
    expect(started(), "no ballot after it has come to rest").to.equal(before);
    expect(before).to.be.within(1, 15);
  });

  it("a replica that was cut off does not depose the leader for long when it is back", () => {
    const cluster = new CrashCluster(MULTIPAXOS);
    cluster.ask("set x 1");
    cluster.partition([0, 1], [2]);
    cluster.run(60_000);
    expect(cluster.status(2).view, "one ballot, however long it was alone").to.equal(2);
    cluster.ask("set x 2");
    cluster.heal();
    cluster.runUntil(
      () => cluster.status(2).lastExecuted === cluster.status(0).lastExecuted && cluster.leader() !== null,
      10_000,
    );
    expect(cluster.ask("get x").results[0]?.value).to.equal("2");
  });

  it("a leader that comes back finds another one, and does not depose it", () => {
    const cluster = new CrashCluster(MULTIPAXOS);
    cluster.ask("set x 1");
    cluster.kill(0);
    cluster.ask("set x 2");
    const leader = cluster.leader();
    cluster.start(0);
    cluster.run(10_000);
    expect(cluster.leader()).to.equal(leader);
    expect(cluster.effectsOf(0, "view-change-started")).to.deep.equal([]);
  });

  it("n = 1 is a cluster too", () => {
    const cluster = new CrashCluster(MULTIPAXOS, { faults: 0 });
    cluster.ask("set x 1");
    cluster.kill(0);
    cluster.start(0);
    expect(cluster.ask("get x").results[0]?.value).to.equal("1");
  });
});
