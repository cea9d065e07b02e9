import {
  Client,
  type ClientConfig,
  type ClientId,
  clientPrincipal,
  type OperationResult,
  type ReplicaId,
  type Reply,
  type SeqNum,
  type SignedOf,
  type Timestamp,
  type View,
} from "@bft/core";
import { expect } from "chai";
import { byReplica } from "./support/forge.js";
import { portsOf } from "./support/keys.js";

const SELF = 0 as ClientId;

/** A client of three replicas that believes one answer and looks for the leader by who answers. */
function clientOfThree(): Client {
  const config: ClientConfig = {
    self: SELF,
    replicas: 3,
    answers: 1,
    liars: 0,
    asks: "who-answered",
    window: 4,
    retryMs: 100,
    firstTimestamp: 1 as Timestamp,
    reads: "ordered",
  };
  const client = new Client(config, portsOf(clientPrincipal(SELF)));
  for (const replica of [0, 1, 2]) client.step({ kind: "link", replica: replica as ReplicaId, up: true, hint: null });
  return client;
}

function asked(client: Client, operation: string): readonly number[] {
  return client
    .step({ kind: "submit", operations: [operation] })
    .flatMap((effect) => (effect.kind === "send" ? [effect.to as number] : []));
}

function reply(from: number, timestamp: number, view: number): Parameters<Client["step"]>[0] {
  const results: readonly OperationResult[] = [{ ok: true, value: "ok" }];
  const message: Reply = {
    kind: "reply",
    view: view as View,
    client: SELF,
    timestamp: timestamp as Timestamp,
    seq: timestamp as SeqNum,
    ordered: true,
    results,
  };
  return { kind: "message", signed: byReplica(from, message) as SignedOf<Reply> };
}

describe("the client of a leader that is believed", () => {
  it("asks everybody as long as nobody has answered, and then who did", () => {
    const client = clientOfThree();
    expect(asked(client, "a")).to.deep.equal([0, 1, 2]);
    client.step(reply(1, 1, 1));
    expect(asked(client, "b")).to.deep.equal([1]);
  });

  it("believes one answer, and waits for no other", () => {
    const client = clientOfThree();
    asked(client, "a");
    const effects = client.step(reply(2, 1, 1));
    const [accepted] = effects.flatMap((effect) => (effect.kind === "accepted" ? [effect.outcome] : []));
    expect(accepted).to.deep.include({ agreed: [2], disagreed: [], silent: [], seq: 1 });
    expect(effects).to.deep.include({ kind: "answered", timestamp: 1, replica: 2, complete: true });
  });

  it("a leader of an earlier term that answers late is not taken for the leader", () => {
    const client = clientOfThree();
    asked(client, "a");
    asked(client, "b");
    client.step(reply(1, 1, 5));
    client.step(reply(0, 2, 4));
    expect(asked(client, "c")).to.deep.equal([1]);
  });

  it("asks again at most twice as seldom as at first: nobody else keeps the request", () => {
    const client = clientOfThree();
    asked(client, "a");
    const delays = [1, 2, 3].map(() =>
      client
        .step({ kind: "timer-fired", timer: "retry 1" })
        .flatMap((effect) => (effect.kind === "start-timer" ? [effect.delayMs] : [])),
    );
    expect(delays).to.deep.equal([[200], [200], [200]]);
  });

  it("asks everybody again when the leader does not answer in time, and when its link is down", () => {
    const client = clientOfThree();
    asked(client, "a");
    client.step(reply(0, 1, 1));
    expect(asked(client, "b")).to.deep.equal([0]);
    const again = client.step({ kind: "timer-fired", timer: "retry 2" });
    expect(again.flatMap((effect) => (effect.kind === "send" ? [effect.to] : []))).to.deep.equal([0, 1, 2]);
    client.step({ kind: "link", replica: 0 as ReplicaId, up: false, hint: null });
    expect(asked(client, "c")).to.deep.equal([1, 2]);
  });
});
