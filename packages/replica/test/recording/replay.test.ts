import { readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { type Effect, type Input, InvariantError, type Machine, type MessageBase, type Protocol } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { expect } from "chai";
import { readRecording } from "../../src/recording/recording-reader.js";
import { Replay, type ReplayEvent } from "../../src/recording/replay.js";
import { CLUSTER, Folders, kv, live, PBFT, replicaPorts, request } from "./support.js";

const inputs: Input<MessageBase>[] = [
  request(1),
  { kind: "timer-fired", timer: "status" },
  ...Array.from({ length: 9 }, (_, index) => request(index + 2)),
];

/** PBFT, but for what a step of its machine gives. */
function changed(
  change: (effects: readonly Effect<MessageBase>[], input: Input<MessageBase>) => readonly Effect<MessageBase>[],
): Protocol {
  return {
    ...PBFT,
    replica: (...parts) => {
      const machine: Machine<MessageBase> = PBFT.replica(...parts);
      return {
        reasonToDrop: (from, message) => machine.reasonToDrop(from, message),
        step: (input) => change(machine.step(input), input),
        inspect: () => machine.inspect(),
      };
    },
  };
}

function replayed(folder: string, protocolOf: (name: string) => Protocol = () => PBFT) {
  const replay = new Replay({ ports: replicaPorts, service: kv, protocolOf });
  const events: ReplayEvent[] = [...replay.events(readRecording({ folder, clusterId: CLUSTER, replica: 0 }))];
  const done = events.flatMap((event) => (event.kind === "input" ? [event] : []));
  return { events, done, divergences: done.flatMap(({ divergence }) => divergence ?? []), status: replay.status() };
}

describe("replay", () => {
  const folders = new Folders();
  let folder = "";
  before(async () => {
    folder = folders.make();
    await live(folder, inputs);
  });
  after(() => folders.remove());

  it("does again what a replica did, effect by effect, and comes to the same state", async () => {
    const other = folders.make();
    const { machine, effects } = await live(other, inputs);
    const { done, divergences, status } = replayed(other);
    expect(divergences).to.deep.equal([]);
    expect(done.flatMap((event) => event.effects)).to.have.lengthOf(effects.length);
    expect(status).to.deep.equal(machine.inspect());
    expect(status?.lastExecuted).to.equal(10);
    expect(status?.lowWaterMark, "checkpoints on the way").to.equal(8);
  });

  it("looks at the protocol by its name", () => {
    expect(replayed(folder, (name) => protocolNamed(name as Protocol["name"])).divergences).to.deep.equal([]);
    const unknown = replayed(folder, () => {
      throw new RangeError("there is no such protocol");
    });
    expect(unknown.events[0]).to.deep.include({ kind: "life", missing: "unknown-protocol" });
    expect(unknown.done).to.deep.equal([]);
  });

  for (const [title, change, recorded, now] of [
    ["a record is not written", (effects) => effects.filter(({ kind }) => kind !== "persist"), "persist", "broadcast"],
    ["one effect too many", (effects) => [...effects, { kind: "cancel-timer", timer: "x" } as const], null, "cancel-timer"],
    [
      "another delay of a timer",
      (effects) => effects.map((effect) => (effect.kind === "start-timer" ? { ...effect, delayMs: effect.delayMs + 1 } : effect)),
      "start-timer",
      "start-timer",
    ],
    [
      "another digest is executed",
      (effects) => effects.map((effect) => (effect.kind === "executed" ? { ...effect, digest: "00" as never } : effect)),
      "executed",
      "executed",
    ],
    [
      "another signature",
      (effects) =>
        effects.map((effect) =>
          effect.kind === "broadcast" ? { ...effect, signed: { ...effect.signed, signature: new Uint8Array(64) } } : effect,
        ),
      "broadcast",
      "broadcast",
    ],
  ] as readonly (readonly [string, Parameters<typeof changed>[0], string | null, string | null])[])
    it(`finds a core that does something else: ${title}`, () => {
      const { divergences, done, events } = replayed(folder, () => changed(change));
      expect(divergences).to.have.lengthOf(1);
      expect(divergences[0]).to.deep.include({ recorded, now, thrown: null });
      // What follows rests on a machine that is another one.
      expect(done.length + events.filter(({ kind }) => kind === "skipped").length).to.equal(inputs.length + 1);
      expect(done.at(-1)?.divergence).to.not.equal(null);
    });

  it("finds a core that throws: the error is told", () => {
    const throws = changed((effects, input) => {
      if (input.kind === "timer-fired") throw new InvariantError("a slot without a batch");
      return effects;
    });
    const { divergences } = replayed(folder, () => throws);
    expect(divergences[0]?.thrown).to.include("a slot without a batch");
  });

  it("finds a core that throws anything else as well", () => {
    const throws = changed(() => {
      throw new TypeError("nothing there");
    });
    expect(replayed(folder, () => throws).divergences.map(({ thrown }) => thrown)).to.deep.equal(["nothing there"]);
  });

  it("tells the kinds that were recorded, and at the end of a life where it came to", () => {
    const { events, done, status } = replayed(folder);
    for (const { recorded, effects } of done) expect(recorded).to.deep.equal(effects.map(({ kind }) => kind));
    expect(events.at(-1)).to.deep.equal({ kind: "ended", life: 0, status });
  });

  it("whatever a killed process left of its last write, what is whole is the same", async () => {
    const other = folders.make();
    await live(other, [request(1), request(2)]);
    const file = join(other, "000000.rec");
    let before = 4;
    for (let { length } = readFileSync(file); length > 0; length--) {
      truncateSync(file, length);
      const { done, divergences } = replayed(other);
      expect(divergences, `${length} bytes`).to.deep.equal([]);
      expect(done.length).to.be.at.most(before);
      before = done.length;
    }
    expect(before).to.equal(0);
  });

  it("an input whose bytes are no message any more ends its life there, and says why", async () => {
    const other = folders.make();
    const strange = request(2);
    if (strange.kind !== "message") throw new Error("a request is a message");
    const [first, last] = [request(1), request(3)];
    await live(other, [first, { ...strange, signed: { ...strange.signed, payload: new Uint8Array([0xff]) } }, last]);
    const { done, events } = replayed(other);
    expect(done.map(({ number }) => number)).to.deep.equal([1, 2]);
    const skipped = events.flatMap((event) => (event.kind === "skipped" ? [event] : []));
    expect(skipped.map(({ number }) => number)).to.deep.equal([3, 4]);
    expect(skipped[0]?.because).to.match(/^payload-/);
    expect(skipped[1]?.because).to.equal(null);
  });
});
