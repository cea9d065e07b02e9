import { type ReplicaId, replicaPrincipal, type SeqNum, type Snapshot } from "@bft/core";
import { Random } from "@bft/sim";
import { expect } from "chai";
import { Disk } from "../../src/world/disk.js";
import { simPorts } from "../../src/world/keys.js";
import { Network, WHOLE } from "../../src/world/network.js";
import { Scheduler } from "../../src/world/scheduler.js";
import { Timers } from "../../src/world/timers.js";

const record = (n: number) => new Uint8Array([n]);
const numbers = (disk: Disk) => disk.read().records.map(([n]) => n);
const checkpoint = (seq: number, ...records: number[]) => ({
  seq: seq as SeqNum,
  state: null as unknown as Snapshot,
  records: records.map(record),
});

describe("virtual time", () => {
  it("does things in order of time, and those of one time in the order in which they were asked for", () => {
    const scheduler = new Scheduler();
    const random = new Random(7);
    const asked = Array.from({ length: 500 }, (_, order) => ({ due: random.below(40), order }));
    const done: { readonly due: number; readonly order: number }[] = [];
    for (const each of asked)
      scheduler.at(each.due, () => {
        expect(scheduler.now).to.equal(each.due);
        done.push(each);
      });
    while (scheduler.step()) {}
    expect(done).to.deep.equal([...asked].sort((a, b) => a.due - b.due || a.order - b.order));
  });

  it("never goes back: what is due in the past is done now", () => {
    const scheduler = new Scheduler();
    const seen: number[] = [];
    scheduler.at(10, () => scheduler.at(3, () => seen.push(scheduler.now)));
    while (scheduler.step()) {}
    expect(seen).to.deep.equal([10]);
  });

  it("a timer that is started anew fires once, one that is cancelled never, on a fast clock early", () => {
    const scheduler = new Scheduler();
    const fired: [string, number][] = [];
    const timers = new Timers(scheduler, 2, (name) => fired.push([name, scheduler.now]));
    timers.start("a", 100);
    timers.start("b", 100);
    timers.start("c", 100);
    scheduler.at(20, () => timers.start("a", 100));
    scheduler.at(30, () => timers.cancel("b"));
    while (scheduler.step()) {}
    expect(fired).to.deep.equal([
      ["c", 50],
      ["a", 70],
    ]);
  });
});

describe("a simulated disk", () => {
  it("a crash tears off only records that no message depended on", () => {
    const disk = new Disk();
    disk.append(record(1));
    disk.append(record(2));
    disk.messageLeft();
    disk.append(record(3));
    disk.append(record(4));
    disk.crash(1);
    expect(numbers(disk)).to.deep.equal([1, 2, 3]);
    disk.append(record(5));
    disk.crash(9);
    expect(numbers(disk)).to.deep.equal([1, 2, 3]);
  });

  it("keeps every record until the state of a checkpoint is saved, then only those since", () => {
    const disk = new Disk();
    disk.append(record(1));
    disk.begin(checkpoint(8, 2, 3));
    disk.append(record(4));
    expect(numbers(disk)).to.deep.equal([1, 2, 3, 4]);
    expect(disk.read().state).to.equal(null);
    disk.save();
    expect(numbers(disk)).to.deep.equal([2, 3, 4]);
    expect(disk.read().state?.seq).to.equal(8);
  });

  it("a state that was not saved before the crash is not saved after it", () => {
    const disk = new Disk();
    disk.append(record(1));
    disk.begin(checkpoint(8, 2));
    disk.crash(0);
    disk.save();
    expect(disk.read().state).to.equal(null);
    expect(numbers(disk)).to.deep.equal([1, 2]);
  });

  it("a wiped one says that it has lost everything until that is written down and durable", () => {
    const disk = new Disk();
    disk.append(record(1));
    disk.wipe();
    expect(disk.read()).to.deep.equal({ state: null, records: [], lost: true });
    disk.append(record(7));
    disk.crash(1);
    expect(disk.read()).to.deep.equal({ state: null, records: [], lost: true });
    disk.append(record(7));
    disk.messageLeft();
    disk.crash(9);
    expect(disk.read().lost).to.equal(false);
    expect(numbers(disk)).to.deep.equal([7]);
  });
});

describe("a simulated network", () => {
  /** Sends 0 .. count-1 from process 0 to 1, one a millisecond, and says in which order what arrives. */
  function arrivals(plan: Partial<typeof WHOLE>, count = 300, meddle: (network: Network) => void = () => {}) {
    const scheduler = new Scheduler();
    const network = new Network(3, 3, { ...WHOLE, ...plan }, scheduler);
    const arrived: { readonly n: number; readonly at: number }[] = [];
    meddle(network);
    for (let n = 0; n < count; n++) scheduler.at(n, () => network.send(0, 1, () => arrived.push({ n, at: scheduler.now })));
    while (scheduler.step()) {}
    return { arrived, network, scheduler };
  }
  const inOrder = (arrived: readonly { readonly n: number }[]) => arrived.every(({ n }, i) => n >= (arrived[i - 1]?.n ?? 0));

  it("a whole one delivers each message once, in order, within its delays", () => {
    const { arrived } = arrivals({});
    expect(arrived.map(({ n }) => n)).to.deep.equal(Array.from({ length: 300 }, (_, n) => n));
    for (const { n, at } of arrived) expect(at - n).to.be.within(1, 5);
  });

  it("loses and doubles as often as it is told to", () => {
    expect(arrivals({ drop: 0.3 }, 2000).arrived.length).to.be.within(1250, 1550);
    expect(arrivals({ duplicate: 0.3 }, 2000).arrived.length).to.be.within(2450, 2750);
  });

  it("keeps the order of a link unless messages may overtake one another", () => {
    expect(inOrder(arrivals({ delayMsMax: 50 }).arrived)).to.equal(true);
    expect(inOrder(arrivals({ delayMsMax: 50, reorder: true }).arrived)).to.equal(false);
  });

  it("a one-way cut stops one direction and says so; mending ends it", () => {
    const scheduler = new Scheduler();
    const network = new Network(3, 3, WHOLE, scheduler);
    network.cut([0], [1, 2]);
    let arrived = 0;
    expect(network.send(0, 1, () => arrived++)).to.equal("the link is cut");
    expect(network.send(1, 0, () => arrived++)).to.equal(null);
    network.mend();
    expect(network.send(0, 1, () => arrived++)).to.equal(null);
    while (scheduler.step()) {}
    expect(arrived).to.equal(2);
  });

  it("a clogged link holds everything back until it is mended", () => {
    const scheduler = new Scheduler();
    const network = new Network(3, 3, WHOLE, scheduler);
    const arrived: number[] = [];
    network.clog([0], [1]);
    for (const n of [1, 2, 3]) network.send(0, 1, () => arrived.push(n));
    while (scheduler.step()) {}
    expect(arrived).to.deep.equal([]);
    network.mend();
    while (scheduler.step()) {}
    expect(arrived).to.deep.equal([1, 2, 3]);
  });

  it("what one link does does not depend on what is sent on another", () => {
    const alone = arrivals({ drop: 0.5, delayMsMax: 40 }).arrived;
    const beside = arrivals({ drop: 0.5, delayMsMax: 40 }, 300, (network) => {
      for (let i = 0; i < 100; i++) network.send(2, 1, () => {});
    }).arrived;
    expect(beside).to.deep.equal(alone);
  });
});

describe("signatures of the simulated world", () => {
  const [zero, one] = [0, 1].map((id) => replicaPrincipal(id as ReplicaId)) as [
    ReturnType<typeof replicaPrincipal>,
    ReturnType<typeof replicaPrincipal>,
  ];
  const ports = simPorts(zero);
  const payload = new Uint8Array([1, 2, 3, 4]);
  const signature = ports.sign(payload);

  it("verify for what was signed, by whom", () => {
    expect(ports.verify(zero, payload, signature)).to.equal(true);
    expect(simPorts(one).verify(zero, payload, signature)).to.equal(true);
  });

  const wrong: readonly [string, boolean][] = [
    ["another signer", ports.verify(one, payload, signature)],
    ["another payload", ports.verify(zero, new Uint8Array([1, 2, 3, 5]), signature)],
    ["a payload that is longer", ports.verify(zero, new Uint8Array([1, 2, 3, 4, 0]), signature)],
    ["a shorter signature", ports.verify(zero, payload, signature.subarray(0, 63))],
    [
      "an altered signature",
      ports.verify(
        zero,
        payload,
        signature.map((byte, i) => (i === 60 ? byte ^ 1 : byte)),
      ),
    ],
    ["no signature at all", ports.verify(zero, payload, new Uint8Array(64))],
  ];
  for (const [name, verdict] of wrong) it(`do not verify for ${name}`, () => expect(verdict).to.equal(false));
});
