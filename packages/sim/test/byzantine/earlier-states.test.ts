import {
  type ClientId,
  type ExecutedRequest,
  MerkleStore,
  OperationError,
  PrefixStore,
  SERVICES,
  type SeqNum,
  type Service,
  succeeded,
  type Timestamp,
} from "@bft/core";
import { expect } from "chai";
import { EarlierStates } from "../../src/byzantine/replies/earlier-states.js";

const KV = SERVICES.get("kv") as Service;
const CLIENT = 0 as ClientId;

function request(...operations: string[]): ExecutedRequest {
  return { client: CLIENT, timestamp: 1 as Timestamp, operations, results: [] };
}

/** The states after `set x 1` to `set x count`, one batch each. */
function counted(count: number): EarlierStates {
  const states = new EarlierStates(KV);
  for (let i = 1; i <= count; i++) states.execute(i as SeqNum, [request(`set x ${i}`)]);
  return states;
}

const truth = (value: string | null) => [{ ok: true, value }];

describe("what a liar knows of earlier states", () => {
  it("is what a read gave before the last write that it sees, not before one that it does not see", () => {
    const states = counted(3);
    expect(states.before(CLIENT, ["get x"], truth("3"))).to.deep.equal(truth("2"));
    states.execute(4 as SeqNum, [request("set y 1")]);
    expect(states.before(CLIENT, ["get x"], truth("3"))).to.deep.equal(truth("2"));
    expect(states.before(CLIENT, ["get y"], truth("1"))).to.deep.equal(truth(null));
    expect(states.before(CLIENT, ["get z"], truth(null)), "never written").to.equal(null);
  });

  it("is kept for a few batches only", () => {
    const states = counted(1);
    for (let seq = 2; seq <= 20; seq++) states.execute(seq as SeqNum, [request(`set y ${seq}`)]);
    expect(states.before(CLIENT, ["get x"], truth("1"))).to.equal(null);
  });

  it("changes by nothing that was only asked", () => {
    const states = counted(3);
    states.before(CLIENT, ["set x 99", "get x"], [...truth("ok"), ...truth("3")]);
    states.before(CLIENT, ["get y"], truth(null));
    for (const seq of [4, 5]) states.execute(seq as SeqNum, [request(`set y ${seq}`)]);
    expect(states.before(CLIENT, ["get x"], truth("3"))).to.deep.equal(truth("2"));
  });

  it("tells the requests of a batch that wrote nothing", () => {
    const states = counted(1);
    const reads = [request("get x"), request("scan x", "get y"), request("cas x 7 8")];
    const writes = [request("set x 2"), request("get x", "del x"), request("cas z 1 1", "set z 1")];
    expect(states.execute(2 as SeqNum, [...writes, ...reads])).to.deep.equal(reads);
  });

  it("waits for the next checkpoint after a gap, and goes on from its state", () => {
    const states = counted(2);
    expect(states.execute(9 as SeqNum, [request("get x")]), "a gap").to.deep.equal([]);
    const store = new MerkleStore();
    new PrefixStore(store, "s/").put("x", "10");
    states.install(10 as SeqNum, store.snapshot());
    states.execute(11 as SeqNum, [request("set x 11")]);
    expect(states.before(CLIENT, ["get x"], truth("11"))).to.deep.equal(truth("10"));
    states.install(5 as SeqNum, null);
    expect(states.execute(12 as SeqNum, [request("get x")]), "not put back by an old checkpoint").to.have.length(1);
    expect(states.before(CLIENT, ["get x"], truth("11"))).to.deep.equal(truth("10"));
  });

  it("survives whatever a service does", () => {
    const wild: Service = {
      name: "wild",
      usage: "",
      execute(store, operation) {
        store.put("x", operation);
        if (operation === "refuse") throw new OperationError("no such thing");
        if (operation === "throw") throw new TypeError("a bug");
        if (operation === "garble") return succeeded("\ud800");
        return succeeded(operation);
      },
    };
    const states = new EarlierStates(wild);
    states.execute(1 as SeqNum, [request("refuse"), request("throw"), request("garble"), request("fine")]);
    states.execute(2 as SeqNum, [request("fine")]);
    expect(states.before(CLIENT, ["refuse", "throw", "garble", "fine"], [])).to.deep.equal([
      { ok: false, value: "no such thing" },
      { ok: false, value: "TypeError" },
      { ok: false, value: "the result is not well-formed Unicode text, or begins with a byte order mark" },
      { ok: true, value: "fine" },
    ]);
  });
});
