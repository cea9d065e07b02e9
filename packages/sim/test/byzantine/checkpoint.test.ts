import { encodeNode, type Snapshot, toHex } from "@bft/core";
import { expect } from "chai";
import type { TestCluster } from "../../../core/test/support/cluster.js";
import { ports } from "../../../core/test/support/forge.js";
import { filled, liarIn, meddleAlso, type ReceivedCluster, served, survivesAnything } from "./received.js";
import { refusals, said } from "./support.js";

const LIAR = 1;

/** Replica 3 has missed 360 keys, and the others no longer have the batches that wrote them: it must fetch the state. */
function lagging(name: string, seed = 1): ReceivedCluster {
  const world = liarIn(LIAR, name, { seed });
  const { cluster } = world;
  cluster.kill(3);
  filled(cluster, 360);
  return world;
}

function hasFetchedAll(cluster: TestCluster): void {
  expect(cluster.status(3).lastExecuted).to.equal(24);
  expect(cluster.status(3).checkpoint).to.deep.equal(cluster.status(0).checkpoint);
  const installed = cluster.effectsOf(3, "state-installed").at(-1);
  const stable = cluster.effectsOf(0, "checkpoint-stable").find(({ seq }) => seq === installed?.seq);
  expect(installed?.stateDigest, "by state transfer").to.equal(stable?.stateDigest);
  cluster.ask("set more 1");
  cluster.settle();
  expect(cluster.effectsOf(3, "executed").at(-1)).to.deep.equal(cluster.effectsOf(0, "executed").at(-1));
}

describe("lies about checkpoints", () => {
  it("wrong-checkpoint: its checkpoints name other states, and the right ones become stable without it", () => {
    const { cluster, sent } = liarIn(LIAR, "wrong-checkpoint");
    served(cluster, 12);
    cluster.run(1000);
    const signed = said(sent, "checkpoint").map(({ message }) => message);
    expect(new Set(signed.map(({ seq }) => seq as number))).to.deep.equal(new Set([8, 16, 24]));
    for (const id of [0, 2, 3]) {
      const stable = cluster.effectsOf(id, "checkpoint-stable");
      expect(stable.map(({ seq }) => seq as number)).to.deep.equal([8, 16, 24]);
      for (const { seq, stateDigest } of stable)
        expect(signed.some((each) => each.seq === seq && each.stateDigest === stateDigest)).to.equal(false);
    }
  });

  it("far-checkpoint: it claims what nobody has reached, and nobody follows or fetches a state", () => {
    const { cluster, sent } = liarIn(LIAR, "far-checkpoint");
    served(cluster, 12);
    cluster.run(1000);
    const far = said(sent, "checkpoint").map(({ message }) => message.seq as number);
    expect(far.length).to.be.greaterThan(5);
    for (const seq of far)
      expect(seq).to.satisfy((each: number) => each > 24 + 7 && each % 8 === 0 && Number.isSafeInteger(each));
    expect(said(sent, "stable-checkpoint").length).to.be.greaterThan(0);
    const claimed = said(sent, "status").map(({ message }) => message.stableSeq as number);
    expect(Math.min(...claimed)).to.be.at.least(24);
    expect(Math.max(...claimed), "as far as numbers reach").to.be.greaterThan(2 ** 52);
    for (const id of [0, 2, 3]) {
      expect([...refusals(cluster, id)]).to.include.members(["above-window", "stable-checkpoint-bad-certificate"]);
      expect(cluster.status(id)).to.deep.include({ lowWaterMark: 24, transfer: null, view: 0 });
      const asked = cluster.effectsOf(id, "send").filter(({ signed }) => signed.kind === "fetch-state");
      expect(asked).to.deep.equal([]);
    }
  });

  it("far-checkpoint: a replica that was away comes back to where the others are, not to where the liar claims to be", () => {
    const { cluster, sent } = liarIn(LIAR, "far-checkpoint");
    served(cluster, 5);
    cluster.kill(3);
    served(cluster, 1);
    cluster.start(3);
    cluster.run(3000);
    const toThree = said(sent, "status").filter(({ to }) => to === 3);
    expect(toThree.some(({ message }) => message.stableSeq > 12)).to.equal(true);
    expect(cluster.status(3).lastExecuted).to.equal(12);
    served(cluster, 8);
    cluster.run(1000);
    expect(cluster.status(3).lowWaterMark).to.equal(24);
  });
});

/** The nodes of every state at which a correct replica stood, as they are transferred. */
function rightNodes(cluster: TestCluster): ReadonlySet<string> {
  const right = new Set<string>();
  const visit = (node: Snapshot): void => {
    right.add(toHex(encodeNode(node, ports.hash)));
    if (node?.kind === "branch") for (const child of node.slots) if (child !== null) visit(child);
  };
  for (const { state } of cluster.effectsOf(0, "checkpoint-stable")) visit(state);
  return right;
}

/** What must be true of the answers that the liar gave, to so many questions for so many paths. */
function isTold(
  name: string,
  { cluster, sent }: ReceivedCluster,
  asked: { readonly paths: number; readonly questions: number },
): void {
  const answers = said(sent, "state-nodes").map(({ message }) => message.nodes);
  const given = answers.flat();
  const right = rightNodes(cluster);
  const isRight = given.filter(({ bytes }) => right.has(toHex(bytes))).length;
  expect(asked.questions, "the liar is asked").to.be.greaterThan(0);
  expect(answers.length, "answers").to.equal(name === "stalled-chunks" ? 0 : asked.questions);
  switch (name) {
    case "wrong-chunks":
      expect(given.length).to.equal(asked.paths);
      expect(isRight, "right nodes").to.equal(0);
      return;
    case "short-chunks":
      expect(isRight, "right nodes").to.be.lessThan(asked.paths);
      return;
    case "huge-chunks":
      for (const nodes of answers) expect(nodes.length === 256 || (nodes[0]?.bytes.length ?? 0) > 4096).to.equal(true);
      return;
  }
}

/** Counts what the liar is asked for. */
function countAsked(cluster: TestCluster): { paths: number; questions: number } {
  const asked = { paths: 0, questions: 0 };
  meddleAlso(cluster, (envelope) => {
    const { message } = envelope.signed;
    if (message.kind === "fetch-state" && envelope.to.id === LIAR) {
      asked.questions += 1;
      asked.paths += message.paths.length;
    }
    return [envelope];
  });
  return asked;
}

const CHUNKS = ["wrong-chunks", "short-chunks", "huge-chunks", "stalled-chunks"];

describe("lies about the state that a replica fetches (TOCS '02 §5.3.2)", () => {
  for (const name of CHUNKS)
    for (const seed of [1, 2, 3])
      it(`${name}, seed ${seed}: a lagging replica asks the liar, is lied to, and ends with the right state`, () => {
        const world = lagging(name, seed);
        const asked = countAsked(world.cluster);
        world.cluster.start(3);
        world.cluster.run(10_000);
        isTold(name, world, asked);
        hasFetchedAll(world.cluster);
      });

  for (const name of CHUNKS)
    it(`${name}: a replica that lost its disk fetches the state and votes again`, () => {
      const world = liarIn(LIAR, name);
      const { cluster } = world;
      const asked = countAsked(cluster);
      filled(cluster, 150);
      served(cluster, 15);
      cluster.run(1000);
      cluster.kill(3);
      cluster.wipe(3);
      cluster.start(3);
      cluster.runUntil(() => cluster.status(3).abstaining === null, 30_000);
      expect(cluster.effectsOf(3, "state-installed").length).to.be.greaterThan(0);
      isTold(name, world, asked);
      served(cluster, 10);
      cluster.run(1000);
      expect(cluster.status(3).checkpoint).to.deep.equal(cluster.status(0).checkpoint);
    });
});

describe("lies about checkpoints and state", () => {
  for (const name of ["wrong-checkpoint", "far-checkpoint", ...CHUNKS])
    it(`${name} survives five hundred hostile inputs`, () => survivesAnything(name));
});
