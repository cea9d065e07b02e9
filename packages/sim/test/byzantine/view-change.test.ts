import { type Digest, primaryOf, type View } from "@bft/core";
import { makeBatch, type NewView, type ViewChange } from "@bft/core/pbft";
import { expect } from "chai";
import type { TestCluster } from "../../../core/test/support/cluster.js";
import { fastPortsOf } from "../../../core/test/support/keys.js";
import { cutOff, liarIn, meddleAlso, type ReceivedCluster, served, survivesAnything } from "./received.js";
import { executedDigests, refusals, said } from "./support.js";

const ports = fastPortsOf({ role: "replica", id: 0 as never });
const NULL = makeBatch([], ports).digest;

interface Scene extends ReceivedCluster {
  /** The batch at `seq` was executed by replica 0 alone, and prepared at the others, before replica 0 was cut off. */
  readonly carried: { readonly seq: number; readonly digest: Digest };
}

/**
 * Ten batches, so that a checkpoint is stable and P is not empty. The eleventh prepares everywhere and commits at the primary
 * alone; then the primary is cut off until a later view has begun, and comes back. What it executed must be carried (§4.4).
 */
function viewChange(liar: number, name: string, seed = 1, prepare: (cluster: TestCluster) => void = () => {}): Scene {
  const world = liarIn(liar, name, { seed });
  const { cluster } = world;
  served(cluster, 5);
  meddleAlso(cluster, ({ to, signed, ...rest }) =>
    signed.kind === "commit" && signed.message.view === 0 && to.id !== 0 ? [] : [{ to, signed, ...rest }],
  );
  cluster.submit("set carried 1");
  cluster.settle();
  const executed = cluster.effectsOf(0, "executed").at(-1);
  expect(executed?.seq, "replica 0 has executed it").to.equal(11);
  for (const id of [1, 2, 3]) expect(cluster.status(id).lastExecuted).to.equal(10);
  prepare(cluster);
  const cut = cutOff(cluster, 0);
  cluster.runUntil(() => [1, 2, 3].filter((id) => id !== liar).every((id) => cluster.status(id).view > 0), 20_000);
  cluster.run(1500);
  cut.mended = true;
  return { ...world, carried: { seq: 11, digest: executed?.digest as Digest } };
}

/** The cluster goes on, and what committed before stands at its place with every correct replica. */
function carriesOn({ cluster, carried }: Scene): void {
  cluster.runUntil(() => cluster.accepted() === 11);
  served(cluster, 8);
  cluster.run(5000);
  const executed = executedDigests(cluster);
  for (const [seq, digests] of executed) expect(digests.size, `batches executed at ${seq}`).to.equal(1);
  expect([...(executed.get(carried.seq) ?? [])]).to.deep.equal([carried.digest]);
  const correct = cluster.configs.map(({ self }) => self as number).filter((id) => !cluster.behaviours.has(id));
  for (const id of correct) expect(cluster.status(id).lastExecuted).to.equal(cluster.status(correct[0] as number).lastExecuted);
  expect(cluster.ask("get carried").results).to.deep.equal([{ ok: true, value: "1" }]);
}

/** O of a new-view, as it was sent. */
function order({ prePrepares }: NewView): (readonly [seq: number, digest: string])[] {
  return prePrepares.map(({ message }) => [message.seq, message.digest]);
}

/** O of §4.4 for the V of a new-view, by the letter. */
function rightOrder({ viewChanges }: NewView): (readonly [seq: number, digest: string])[] {
  const low = Math.max(...viewChanges.map(({ message }) => message.stableSeq));
  const all = viewChanges.flatMap(({ message }) => message.prepared.map(({ prePrepare }) => prePrepare.message));
  const high = Math.max(low, ...all.map(({ seq }) => seq));
  return Array.from({ length: high - low }, (_, i) => low + 1 + i).map((seq) => {
    const there = all.filter((each) => each.seq === seq).sort((a, b) => b.view - a.view);
    return [seq, there[0]?.digest ?? NULL];
  });
}

const duplicates = ({ checkpoints, prepared }: ViewChange): boolean =>
  [checkpoints, ...prepared.map(({ prepares }) => prepares)].some(
    (claims) => new Set(claims.map(({ signerId }) => signerId)).size < claims.length,
  );

/** What must be true of the view-changes that a liar sent. */
const TOLD: Readonly<Record<string, (messages: readonly ViewChange[], correct: ViewChange) => void>> = {
  "hide-certificates": (messages, { prepared }) => {
    for (const each of messages) expect(each.prepared.length === 0 || each.stableSeq === 0).to.equal(true);
    expect(prepared.map(({ prePrepare }) => prePrepare.message.seq as number)).to.deep.equal([9, 10, 11]);
  },
  "forge-certificates": (messages) => {
    const forged = messages.flatMap(({ checkpoints, prepared }) => [
      ...checkpoints,
      ...prepared.flatMap(({ prePrepare, prepares }) => [prePrepare, ...prepares]),
    ]);
    const bad = forged.filter(
      ({ signerId, payload, signature }) => !ports.verify({ role: "replica", id: signerId as never }, payload, signature),
    );
    expect(bad.length).to.be.greaterThan(0);
  },
  "thin-certificates": (messages) => {
    const claims = messages.flatMap(({ prepared }) => prepared);
    expect(claims.length).to.be.greaterThan(0);
    for (const { prePrepare, prepares } of claims) {
      expect(prepares.length).to.be.at.most(1);
      for (const { signerId, payload, signature } of [prePrepare, ...prepares])
        expect(ports.verify({ role: "replica", id: signerId as never }, payload, signature), "really signed").to.equal(true);
    }
  },
  "duplicate-signer": (messages) => {
    expect(messages.every(duplicates)).to.equal(true);
    for (const { checkpoints, prepared } of messages)
      for (const { signerId, payload, signature } of [...checkpoints, ...prepared.flatMap(({ prepares }) => prepares)])
        expect(ports.verify({ role: "replica", id: signerId as never }, payload, signature), "all are really signed").to.equal(
          true,
        );
  },
};

describe("lies in view-changes (§4.4)", () => {
  for (const name of Object.keys(TOLD))
    for (const liar of [1, 2])
      for (const seed of [1, 2, 3])
        it(`${name} by ${liar === 1 ? "the next primary" : "a backup"}, seed ${seed}: told, and what committed is carried`, () => {
          const scene = viewChange(liar, name, seed);
          const own = said(scene.sent, "view-change").map(({ message }) => message);
          const inV = said(scene.sent, "new-view").flatMap(({ message }) =>
            message.viewChanges.filter(({ signerId }) => signerId === liar).map((claim) => claim.message),
          );
          expect(own.length).to.be.greaterThan(0);
          const correct = scene.cluster
            .effectsOf(3, "broadcast")
            .flatMap(({ signed }) => (signed.kind === "view-change" ? [signed.message] : []))[0];
          TOLD[name]?.([...own, ...inV], correct as ViewChange);
          carriesOn(scene);
        });

  it("hide-certificates by the next primary: its new-view follows from V, is accepted, and what it hid is in it", () => {
    const { cluster, sent, carried } = viewChange(1, "hide-certificates");
    const [told] = said(sent, "new-view");
    const own = told?.message.viewChanges.find(({ signerId }) => signerId === 1);
    expect(own?.message.prepared).to.deep.equal([]);
    expect(order(told?.message as NewView)).to.deep.equal(rightOrder(told?.message as NewView));
    expect(order(told?.message as NewView).at(-1)).to.deep.equal([carried.seq, carried.digest]);
    for (const id of [2, 3]) expect(cluster.effectsOf(id, "view-entered").map(({ view }) => view as number)).to.deep.equal([1]);
  });

  for (const [name, reasons] of [
    ["forge-certificates", ["view-change-bad-certificate", "view-change-bad-checkpoints"]],
    ["thin-certificates", ["view-change-bad-certificate"]],
    ["duplicate-signer", ["view-change-bad-certificate", "view-change-bad-checkpoints"]],
  ] as const)
    it(`${name}: its certificates are refused for what they are`, () => {
      const seen = new Set([1, 2, 3, 4].flatMap((seed) => [...refusals(viewChange(2, name, seed).cluster, 3)]));
      expect([...seen]).to.include.members([...reasons]);
    });
});

/** It asked by itself, not because others did. */
const isTimeout = ({ because }: { readonly because: string }): boolean => because.includes(" ms");

describe("askers for views (§4.5.2)", () => {
  it("huge-view: asks for enormous views all the time, and nobody goes there", () => {
    const { cluster, sent } = liarIn(2, "huge-view");
    served(cluster, 12);
    cluster.run(3000);
    const asked = said(sent, "view-change").map(({ message }) => message.newView as number);
    expect(asked.length).to.be.greaterThan(30);
    expect(Math.min(...asked)).to.be.greaterThan(2 ** 31);
    expect(Math.max(...asked)).to.be.greaterThan(2 ** 52);
    for (const id of [0, 1, 3]) {
      expect(cluster.status(id).view).to.equal(0);
      expect(cluster.status(id).retained.viewChanges).to.be.at.most(1);
    }
  });

  it("endless-view-changes: asks for one view after the other, and the view stays", () => {
    const { cluster, sent } = liarIn(2, "endless-view-changes");
    served(cluster, 12);
    cluster.run(3000);
    const asked = said(sent, "view-change").map(({ message }) => message.newView as number);
    expect(new Set(asked).size).to.be.greaterThan(10);
    expect(asked).to.deep.equal([...asked].sort((a, b) => a - b));
    for (const id of [0, 1, 3]) {
      expect(cluster.status(id).view).to.equal(0);
      expect(cluster.status(id).retained.viewChanges).to.be.at.most(1);
    }
  });

  for (const name of ["huge-view", "endless-view-changes"])
    for (const liar of [1, 2])
      it(`${name} by replica ${liar}: when correct replicas ask too, the view becomes one that they asked for, and all is carried`, () => {
        const scene = viewChange(liar, name);
        const asked = said(scene.sent, "view-change").map(({ message }) => message.newView as number);
        expect(Math.max(...asked)).to.be.greaterThan(name === "huge-view" ? 2 ** 31 : 5);
        carriesOn(scene);
        const { cluster } = scene;
        const correct = [0, 1, 2, 3].filter((id) => id !== liar);
        const wanted = correct.flatMap((id) =>
          cluster
            .effectsOf(id, "view-change-started")
            .filter(isTimeout)
            .map(({ view }) => view),
        );
        for (const id of correct)
          for (const { view } of cluster.effectsOf(id, "view-entered")) expect(wanted, `view ${view}`).to.include(view);
      });
});

/** How O differs from what V asks for. */
const WRONG_ORDERS: Readonly<Record<string, (told: ReturnType<typeof order>, right: ReturnType<typeof order>) => void>> = {
  "new-view-altered": (told, right) => {
    expect(told.length).to.equal(right.length);
    expect(told.filter(([, digest], i) => digest !== right[i]?.[1])).to.have.length(1);
  },
  "new-view-dropped": (told, right) => expect(told.length).to.equal(right.length - 1),
  "new-view-extra": (told, right) => {
    expect(told.slice(0, -1)).to.deep.equal(right);
    expect(told.at(-1)?.[0]).to.equal((right.at(-1)?.[0] ?? 8) + 1);
  },
};

describe("lies in new-views (§4.4)", () => {
  for (const [name, differs] of Object.entries(WRONG_ORDERS))
    for (const seed of [1, 2, 3])
      it(`${name}, seed ${seed}: O is wrong, every backup sees it, and the view after it carries what committed`, () => {
        const scene = viewChange(1, name, seed);
        const told = said(scene.sent, "new-view").map(({ message }) => message);
        expect(told.length).to.be.greaterThan(0);
        for (const message of told) differs(order(message), rightOrder(message));
        carriesOn(scene);
        for (const id of [2, 3]) {
          expect([...refusals(scene.cluster, id)]).to.include("new-view-wrong-pre-prepares");
          const views = scene.cluster.effectsOf(id, "view-entered").map(({ view }) => view);
          expect(
            views.filter((view: View) => primaryOf(view, { replicas: 4, faults: 1, quorum: 3, weakQuorum: 2 }) === 1),
          ).to.deep.equal([]);
        }
      });

  it("two-new-views: both are accepted, they differ where the liar alone knew what prepared, and all execute alike", () => {
    const scene = viewChange(1, "two-new-views", 1, (cluster) => {
      // The twelfth batch is proposed to all, and prepares at the liar only.
      meddleAlso(cluster, (envelope) =>
        envelope.signed.message.kind === "prepare" && envelope.signed.message.view === 0 && envelope.to.id !== 1
          ? []
          : [envelope],
      );
      cluster.submit("set only-the-liar 1", 1);
      cluster.settle();
    });
    const told = said(scene.sent, "new-view").filter(({ message }) => message.view === 1);
    const [atTwo, atThree] = [2, 3].map((id) => told.find(({ to }) => to === id)?.message as NewView);
    expect(order(atTwo as NewView).map(([seq]) => seq)).to.deep.equal([9, 10, 11, 12]);
    expect(order(atThree as NewView).map(([seq]) => seq)).to.deep.equal([9, 10, 11]);
    for (const message of [atTwo, atThree]) expect(order(message as NewView)).to.deep.equal(rightOrder(message as NewView));
    for (const id of [2, 3]) expect(scene.cluster.effectsOf(id, "view-entered")[0]?.view).to.equal(1);
    carriesOn(scene);
    expect(scene.cluster.accepted(1)).to.equal(1);
  });

  it("two-new-views: with nothing to hide the two still differ, and are worth the same", () => {
    const scene = viewChange(1, "two-new-views");
    const told = new Set(said(scene.sent, "new-view").map(({ signed }) => ports.hash(signed.payload)));
    expect(told.size).to.equal(2);
    carriesOn(scene);
  });
});

/** The claims in a V whose signature is not their signer's. */
function unsigned({ viewChanges }: NewView): number[] {
  return viewChanges.flatMap(({ signerId, payload, signature }) =>
    ports.verify({ role: "replica", id: signerId as never }, payload, signature) ? [] : [signerId],
  );
}

describe("new-views before a quorum asks (§4.4)", () => {
  /** What the liar said before each new-view: whose view-changes for its view had been sent to it. */
  function watch(name: string, seed: number): Scene & { readonly told: readonly { message: NewView; asked: number }[] } {
    const told: { message: NewView; asked: number }[] = [];
    const asked = new Set<number>();
    const scene = viewChange(1, name, seed, (cluster) => {
      const observe = cluster.observe;
      cluster.observe = (id, effect) => {
        observe(id, effect);
        if (effect.kind === "broadcast" && effect.signed.kind === "view-change" && effect.signed.message.newView === 1)
          asked.add(id);
        if (id === 1 && effect.kind === "send" && effect.to === 3 && effect.signed.kind === "new-view")
          told.push({ message: effect.signed.message, asked: asked.size });
      };
    });
    return { ...scene, told };
  }

  it("new-view-forged: V is its own view-change under others' names, or repeated; O follows; all refuse it", () => {
    const ways = new Set<string>();
    for (let seed = 1; seed <= 8; seed++) {
      const scene = watch("new-view-forged", seed);
      expect(scene.told.length, `seed ${seed}`).to.be.greaterThan(0);
      for (const { message } of scene.told) {
        const { viewChanges } = message;
        expect(viewChanges).to.have.length(3);
        expect(new Set(viewChanges.map(({ payload }) => ports.hash(payload))).size, "one view-change").to.equal(1);
        expect(order(message)).to.deep.equal(rightOrder(message));
        const repeated = viewChanges.every(({ signerId }) => signerId === 1);
        ways.add(`${repeated ? "repeated" : "under other names"}, ${order(message).length > 0 ? "P told" : "P hidden"}`);
        expect(unsigned(message)).to.deep.equal(repeated ? [] : [2, 3]);
        expect(new Set(viewChanges.map(({ signerId }) => signerId)).size).to.equal(repeated ? 1 : 3);
        for (const id of [2, 3])
          expect([...refusals(scene.cluster, id)]).to.include(
            repeated ? "new-view-not-a-quorum" : "new-view-bad-view-change",
            `replica ${id}, seed ${seed}`,
          );
      }
      carriesOn(scene);
      for (const id of [2, 3]) expect(scene.cluster.effectsOf(id, "view-entered")[0]?.view, "by the true one").to.equal(1);
    }
    expect(ways).to.deep.equal(
      new Set(["repeated, P told", "repeated, P hidden", "under other names, P told", "under other names, P hidden"]),
    );
  });

  it("new-view-early: V is f+1 genuine view-changes, sent when no more have asked; O follows; all refuse it", () => {
    const scene = watch("new-view-early", 1);
    const early = scene.told.filter(({ message }) => message.viewChanges.length < 3);
    expect(early).to.have.length(1);
    for (const { message, asked } of early) {
      expect(message.viewChanges).to.have.length(2);
      expect(new Set(message.viewChanges.map(({ signerId }) => signerId)).size).to.equal(2);
      expect(unsigned(message)).to.deep.equal([]);
      expect(order(message)).to.deep.equal(rightOrder(message));
      expect(asked).to.be.at.most(2);
    }
    for (const id of [2, 3]) {
      expect([...refusals(scene.cluster, id)]).to.include("new-view-not-a-quorum");
      expect(scene.cluster.effectsOf(id, "view-entered")[0]?.view, "by the true one").to.equal(1);
    }
    carriesOn(scene);
  });

  it("new-view-early: once for each view, and not for a view of another primary", () => {
    const { cluster, sent } = liarIn(2, "new-view-early");
    served(cluster, 2);
    const cut = cutOff(cluster, 0);
    cluster.submit("set y 1");
    cluster.runUntil(() => [1, 3].every((id) => cluster.status(id).view === 1), 20_000);
    cut.mended = true;
    served(cluster, 2);
    expect(said(sent, "new-view"), "view 1 is replica 1's").to.deep.equal([]);
    const second = cutOff(cluster, 1);
    cluster.submit("set y 2");
    cluster.runUntil(() => [0, 3].every((id) => cluster.status(id).view === 2), 20_000);
    second.mended = true;
    served(cluster, 2);
    const early = said(sent, "new-view").filter(({ message }) => message.viewChanges.length === 2);
    expect(early.map(({ to, message }) => [to, message.view as number])).to.deep.equal([
      [0, 2],
      [1, 2],
      [3, 2],
    ]);
  });
});

describe("lies about views", () => {
  for (const name of [
    ...Object.keys(TOLD),
    "huge-view",
    "endless-view-changes",
    ...Object.keys(WRONG_ORDERS),
    "two-new-views",
    "new-view-forged",
    "new-view-early",
  ])
    it(`${name} survives five hundred hostile inputs`, () => survivesAnything(name));
});
