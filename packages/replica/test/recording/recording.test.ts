import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changesBetween, entry, type Input, type MessageBase, type SeqNum, treeOf } from "@bft/core";
import { expect } from "chai";
import { readRecording, recordedMessages } from "../../src/recording/recording-reader.js";
import { CLUSTER, config, Folders, live, read, request } from "./support.js";

const timer: Input<MessageBase> = { kind: "timer-fired", timer: "status" };
const small = { segmentBytesMax: 4_096, totalBytesMax: 16_384, segmentsMax: 256 };

function requests(from: number, to: number): Input<MessageBase>[] {
  return Array.from({ length: to - from + 1 }, (_, index) => request(from + index));
}

describe("recording", () => {
  const folders = new Folders();
  after(() => folders.remove());

  it("what a replica took is read back as it was, with a mark for each effect", async () => {
    const folder = folders.make();
    const inputs = [request(1), timer, request(2)];
    const { effects } = await live(folder, inputs);
    const { lives, inputs: taken, numbers, tornBytes } = read(folder);
    expect(lives).to.have.lengthOf(1);
    expect(lives[0]?.base).to.deep.equal({ config, saved: { state: null, records: [], lost: false } });
    expect(numbers).to.deep.equal(["0:1", "0:2", "0:3", "0:4"]);
    expect(tornBytes).to.equal(0);
    expect(taken.map(({ input }) => input.kind)).to.deep.equal(["start", "message", "timer-fired", "message"]);
    expect(taken.reduce((sum, { marks }) => sum + marks.length, 0)).to.equal(effects.length);
    const [first] = [...recordedMessages({ folder, clusterId: CLUSTER, replica: 0 })];
    const [sent] = inputs;
    if (sent?.kind !== "message") throw new Error("a request is a message");
    expect(first?.payload).to.deep.equal(Buffer.from(sent.signed.payload));
    expect(first?.signature).to.deep.equal(Buffer.from(sent.signed.signature));
    expect([first?.signer, first?.via]).to.deep.equal([sent.via, sent.via]);
    expect(taken.every(({ at }, index) => at >= (taken[index - 1]?.at ?? 0))).to.equal(true);
  });

  it("each process is a life of its own, and begins with what it had read from its disk", async () => {
    const folder = folders.make();
    await live(folder, [request(1)]);
    const entries = Array.from({ length: 2_500 }, (_, key) => entry(`s/key-${String(key).padStart(5, "0")}`, `value ${key}`));
    const saved = { state: { seq: 4 as SeqNum, root: treeOf(entries) }, records: [], lost: false };
    await live(folder, [request(9)], { saved });
    const { lives, numbers } = read(folder);
    expect(lives.map(({ life }) => life)).to.deep.equal([0, 1]);
    expect(numbers).to.deep.equal(["0:1", "0:2", "1:1", "1:2"]);
    expect(lives[1]?.base?.saved.state?.seq).to.equal(4);
    expect([...changesBetween(saved.state.root, lives[1]?.base?.saved.state?.root ?? null)]).to.deep.equal([]);
  });

  it("whatever a killed process left of its last write, all before it is read", async () => {
    const folder = folders.make();
    await live(folder, [request(1), timer]);
    const file = join(folder, "000000.rec");
    const whole = readFileSync(file);
    let most = 3;
    for (let length = whole.length - 1; length >= 0; length--) {
      truncateSync(file, length);
      const { inputs } = read(folder);
      expect(inputs.length, `${length} bytes`).to.be.at.most(most);
      most = inputs.length;
    }
    expect(most).to.equal(0);
    writeFileSync(file, whole);
    appendFileSync(file, Buffer.from([0, 0, 0, 9, 1, 2, 3]));
    expect(read(folder)).to.deep.include({ tornBytes: 7, numbers: ["0:1", "0:2", "0:3"] });
  });

  it("damage ends its life where it stands, whichever byte it is, and never the reading", async () => {
    const folder = folders.make();
    await live(folder, [request(1), timer]);
    await live(folder, [timer]);
    const file = join(folder, "000000.rec");
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 3) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      writeFileSync(file, damaged);
      const { numbers } = read(folder);
      expect(numbers.slice(-2), `byte ${at}`).to.deep.equal(["1:1", "1:2"]);
      expect(numbers.filter((each) => each.startsWith("0:")).length).to.be.below(3);
    }
  });

  it("is bounded: the oldest segments go, and the numbers of the inputs go on", async () => {
    const folder = folders.make();
    await live(folder, requests(1, 300), { bounds: small });
    const { lives, numbers } = read(folder);
    const bytes = readdirSync(folder).reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0);
    expect(bytes).to.be.at.most(small.totalBytesMax);
    expect(lives.map(({ missing }) => missing)).to.deep.equal(["deleted"]);
    expect(numbers.at(-1)).to.equal("0:301");
    const first = Number(numbers[0]?.slice(2));
    expect(first).to.be.above(1);
    expect(numbers).to.have.lengthOf(301 - first + 1);
  });

  it("a base that would take the room of the inputs is left out, and said to be", async () => {
    const folder = folders.make();
    const entries = Array.from({ length: 1_000 }, (_, key) => entry(`s/key-${String(key).padStart(5, "0")}`, "v".repeat(20)));
    await live(folder, [timer], {
      bounds: small,
      saved: { state: { seq: 4 as SeqNum, root: treeOf(entries) }, records: [], lost: false },
    });
    const { lives, numbers } = read(folder);
    expect(lives.map(({ base, missing }) => ({ base, missing }))).to.deep.equal([{ base: null, missing: "too-large" }]);
    expect(numbers).to.deep.equal(["0:1", "0:2"]);
  });

  it("a base that is larger than what may wait for the disk is written all the same", async () => {
    const folder = folders.make();
    const value = "v".repeat(100_000);
    const entries = Array.from({ length: 200 }, (_, key) => entry(`s/key-${String(key).padStart(5, "0")}`, value));
    await live(folder, [timer], { saved: { state: { seq: 4 as SeqNum, root: treeOf(entries) }, records: [], lost: false } });
    const { lives, numbers } = read(folder);
    expect(lives.map(({ missing }) => missing)).to.deep.equal([null]);
    expect(numbers).to.deep.equal(["0:1", "0:2"]);
  });

  it("a file that is no segment is told, and one that is just begun is not", async () => {
    const folder = folders.make();
    await live(folder, [timer]);
    writeFileSync(join(folder, "000001.rec"), "");
    writeFileSync(join(folder, "000002.rec"), "nothing of ours");
    const unreadable = [...readRecording({ folder, clusterId: CLUSTER, replica: 0 })].filter(({ kind }) => kind === "unreadable");
    expect(unreadable).to.deep.equal([{ kind: "unreadable", segment: 2 }]);
    expect(read(folder).numbers).to.deep.equal(["0:1", "0:2"]);
  });

  it("another cluster's or replica's recording is left out", async () => {
    const folder = folders.make();
    await live(folder, [timer]);
    for (const other of [{ clusterId: "other" }, { replica: 1 }])
      expect([...recordedMessages({ folder, clusterId: CLUSTER, replica: 0, ...other })]).to.deep.equal([]);
  });

  it("a folder that can not be made ends the recording, with the reason, and nothing else", async () => {
    const folder = folders.make();
    writeFileSync(join(folder, "file"), "");
    const reasons: unknown[] = [];
    const { effects } = await live(join(folder, "file"), [request(1)], { onStopped: (error) => void reasons.push(error) });
    expect(reasons).to.have.lengthOf(1);
    expect(effects.some(({ kind }) => kind === "executed")).to.equal(true);
  });
});
