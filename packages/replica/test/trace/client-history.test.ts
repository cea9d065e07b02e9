import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ClientHistory } from "../../src/trace/client-history.js";
import { bootId } from "../../src/trace/clock.js";
import { type ReadHistories, readHistories } from "../../src/trace/history-reader.js";
import { CLUSTER, Folders, textIn } from "./support.js";

const SET = { operations: ["set x 1"], readOnly: false };
const OK = [{ ok: true, value: "ok" }];

function open(folder: string, bytesMax = 1 << 20, behaviour: string | null = null): ClientHistory {
  return new ClientHistory({ folder, clusterId: CLUSTER, client: 3, behaviour, bytesMax });
}

function read(folder: string, boot = bootId()): ReadHistories {
  return readHistories({ folder, clusterId: CLUSTER, boot, until: Number.POSITIVE_INFINITY });
}

describe("client history", () => {
  const folders = new Folders();
  after(() => folders.remove());

  it("a request is in the file before it can be sent, and so is everything before it", () => {
    const folder = folders.make();
    const history = open(folder);
    history.invoked(7, SET);
    expect(textIn(folder)).to.match(/"invoked".*"timestamp":7/);
    history.answered({ timestamp: 7, seq: 1, results: OK });
    expect(textIn(folder), "an answer may wait").to.not.match(/answered/);
    history.fellBack(8, 9);
    expect(textIn(folder)).to.match(/"answered".*\n.*"fell-back"/);
    history.close();
  });

  it("what one process after the other writes under one identity is read as one history", () => {
    const folder = folders.make();
    for (const timestamp of [10, 20]) {
      const history = open(folder);
      history.invoked(timestamp, SET);
      history.answered({ timestamp, seq: timestamp, results: OK });
      history.close();
    }
    const { events, covered, damage, ended } = read(folder);
    expect(events.map((event) => [event.kind, "timestamp" in event ? event.timestamp : null])).to.deep.equal([
      ["invoked", 10],
      ["answered", 10],
      ["invoked", 20],
      ["answered", 20],
    ]);
    expect({ covered, damage, ended }).to.deep.equal({
      covered: [
        { client: 3, first: 10, last: 10 },
        { client: 3, first: 20, last: 20 },
      ],
      damage: [],
      ended: false,
    });
  });

  it("the line that a killed process did not finish is left out, whether another follows or not", () => {
    const folder = folders.make();
    const history = open(folder);
    history.invoked(10, SET);
    history.invoked(11, SET);
    history.close();
    const file = join(folder, "client-3.jsonl");
    truncateSync(file, statSync(file).size - 9);
    expect(read(folder).events).to.have.length(1);
    const next = open(folder);
    next.invoked(20, SET);
    next.close();
    const { events, damage } = read(folder);
    expect(damage).to.deep.equal([]);
    expect(events.map((event) => ("timestamp" in event ? event.timestamp : 0))).to.deep.equal([10, 20]);
  });

  it("a line that is no event is told", () => {
    const folder = folders.make();
    open(folder).close();
    appendFileSync(join(folder, "client-3.jsonl"), '{"at":1,"kind":"invoked","client":4}\n');
    expect(read(folder).damage).to.deep.equal(["line 2 of client-3.jsonl can not be read"]);
  });

  it("at the bound it says from when on it is silent, and what others did later is left out", () => {
    const folder = folders.make();
    const full = open(folder, 1_500);
    for (let timestamp = 1; timestamp <= 50; timestamp++) full.invoked(timestamp, SET);
    full.close();
    expect(readFileSync(join(folder, "client-3.jsonl"), "utf8")).to.match(/\{"ended":[\d.]+\}\n$/);
    const { events, ended, until } = read(folder);
    expect(ended).to.equal(true);
    expect(events.length).to.be.within(5, 20);
    const other = new ClientHistory({ folder, clusterId: CLUSTER, client: 4, behaviour: null, bytesMax: 1 << 20 });
    other.invoked(1, SET);
    other.close();
    expect(textIn(folder)).to.match(/"client":4,"timestamp":1,/);
    expect(read(folder).events).to.deep.equal(events);
    expect(Math.max(...events.map(({ at }) => at))).to.be.at.most(until);
  });

  it("far over the bound nothing is written any more", () => {
    const folder = folders.make();
    writeFileSync(join(folder, "client-9.jsonl"), "x".repeat(100_000));
    const history = open(folder, 10);
    history.invoked(1, SET);
    history.close();
    expect(textIn(folder)).to.have.length(100_000);
  });

  it("of a liar it is known that it lies, and nothing that it says", () => {
    const folder = folders.make();
    const history = open(folder, 1 << 20, "reuse-timestamp");
    history.invoked(1, SET);
    history.answered({ timestamp: 1, seq: 1, results: OK });
    history.close();
    const { events } = read(folder);
    expect(events).to.have.length(1);
    expect(events[0]).to.deep.include({ kind: "client-behaves", client: 3, behaviour: "reuse-timestamp" });
  });

  it("requests from before the machine was started the last time are known by name only", () => {
    const folder = folders.make();
    const history = open(folder);
    history.invoked(7, SET);
    history.close();
    const { events, earlier } = read(folder, "another boot");
    expect(events).to.deep.equal([]);
    expect([...earlier]).to.deep.equal(["3:7"]);
  });

  it("an answer in the same microsecond as another request's handing in comes after it: they count as concurrent", () => {
    const folder = folders.make();
    open(folder).close();
    const answer = { at: 5, kind: "answered", client: 3, timestamp: 1, seq: 1, results: OK };
    appendFileSync(join(folder, "client-3.jsonl"), `${JSON.stringify(answer)}\n`);
    new ClientHistory({ folder, clusterId: CLUSTER, client: 4, behaviour: null }).close();
    const request = { at: 5, kind: "invoked", client: 4, timestamp: 2, ...SET };
    appendFileSync(join(folder, "client-4.jsonl"), `${JSON.stringify(request)}\n`);
    expect(read(folder).events.map(({ kind }) => kind)).to.deep.equal(["invoked", "answered"]);
  });

  it("a folder that can not be written harms nobody", () => {
    const folder = join(folders.make(), "file");
    writeFileSync(folder, "");
    const history = open(folder);
    history.invoked(1, SET);
    history.answered({ timestamp: 1, seq: 1, results: OK });
    history.close();
    expect(read(folder).events).to.deep.equal([]);
  });
});
