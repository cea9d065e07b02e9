import type { TraceEvent } from "@bft/core";
import { type SimulationReport, simulate } from "@bft/sim";
import { behavioursOf } from "@bft/sim/byzantine";
import { expect } from "chai";
import {
  acceptorRestarts,
  atWork,
  between,
  leaderAlone,
  leaderLeftBehind,
  leaderStops,
  planOf,
  type Situation,
} from "./situations.js";

const PROTOCOLS = ["raft", "multipaxos"] as const;
type Crash = (typeof PROTOCOLS)[number];

/** In Multi-Paxos it can only be told to half of the others, and that is to equivocate. */
const RAFT_ONLY = ["repeat-request"];
const casesOf = (protocol: Crash) => Object.entries(CASES).filter(([name]) => protocol === "raft" || !RAFT_ONLY.includes(name));

interface Case {
  readonly liar: number;
  readonly situation: Situation;
  /** The checkers one of which finds it first; none: nothing is broken. */
  readonly breaks: readonly string[];
  /** Who must get on in the end. */
  readonly core: readonly number[];
  /** The lie of the same name is in PBFT's catalogue too. */
  readonly inPbft: boolean;
}

const safety = (liar: number, situation: Situation, breaks: string, inPbft: boolean): Case => ({
  liar,
  situation,
  breaks: breaks.split(" "),
  core: [],
  inPbft,
});

const CASES: Readonly<Record<string, Case>> = {
  equivocate: safety(0, atWork, "agreement", true),
  "invent-operation": safety(0, atWork, "validity agreement", true),
  "wrong-reply": safety(0, atWork, "answered", true),
  "commit-early": safety(0, leaderAlone, "linearizability", true),
  "stale-leader": safety(0, leaderLeftBehind, "linearizability", false),
  "forget-accepted": safety(1, leaderStops, "agreement", false),
  "false-ack": safety(1, leaderStops, "agreement", false),
  amnesia: safety(1, acceptorRestarts, "agreement", true),
  "double-vote": safety(1, between, "agreement", true),
  "forget-vote": safety(1, between, "agreement", false),
  "endless-elections": { liar: 1, situation: atWork, breaks: ["liveness"], core: [0, 2], inPbft: false },
  "huge-view": { liar: 1, situation: atWork, breaks: ["liveness"], core: [0, 2], inPbft: true },
  "silent-primary": { liar: 0, situation: atWork, breaks: ["liveness"], core: [1, 2], inPbft: true },
  silent: { liar: 0, situation: atWork, breaks: [], core: [1, 2], inPbft: true },
  "repeat-request": { liar: 0, situation: atWork, breaks: [], core: [1, 2], inPbft: true },
};

const SEEDS = [1, 2, 3];
/** Lies that are drawn at random: whatever comes of them, nobody is stopped by a bug. */
const RANDOM = ["edge-values", "fuzz-small", "fuzz-any"];

function run(protocol: Crash | "pbft", name: string, seed: number, lies = true): Ran {
  const { liar, situation, core } = CASES[name] ?? expect.fail(`${name} has no case`);
  const events: TraceEvent[] = [];
  const theirs = protocol === "pbft" && core.length > 0 ? [...core, 3] : core;
  const plan = planOf({ protocol, situation, seed, core: theirs, liar: lies ? { replica: liar, behaviour: name } : null });
  const report = simulate(plan, (event) => events.push(event));
  return { ...report, events, liar };
}

interface Ran extends SimulationReport {
  readonly events: readonly TraceEvent[];
  readonly liar: number;
}

type Sent = Extract<TraceEvent, { readonly kind: "sent" }>;
type Statement<K> = Extract<Sent["statement"], { readonly kind: K }>;

/** What the liar said of a kind, with its receivers. */
function said<K extends Sent["statement"]["kind"]>({ events, liar }: Ran, kind: K) {
  return events.flatMap((event) =>
    event.kind === "sent" && event.replica === liar && event.statement.kind === kind
      ? [{ at: event.at, to: event.to, statement: event.statement as Statement<K> }]
      : [],
  );
}

const executed = ({ events }: Ran, replica: number) =>
  new Map(events.flatMap((event) => (event.kind === "executed" && event.replica === replica ? [[event.seq, event]] : [])));

describe("the lies that a protocol that believes its replicas does not survive", () => {
  for (const protocol of PROTOCOLS) {
    it(`${protocol}: every lie of the catalogue has a case here, and says what it sends and what comes of it`, () => {
      const lies = behavioursOf(protocol);
      expect(lies.map(({ name }) => name)).to.have.members([...casesOf(protocol).map(([name]) => name), ...RANDOM]);
      expect(lies[0]?.name, "the default").to.equal("equivocate");
      for (const { name, summary, holds } of lies) {
        expect(name).to.match(/^[a-z]+(-[a-z]+)*$/);
        expect(summary).to.have.length.greaterThan(20);
        expect(holds, "what it breaks").to.match(/^[a-z ]+(, for good)?: /);
      }
    });

    for (const [name, { breaks, liar, inPbft }] of casesOf(protocol)) {
      const finding = breaks.length === 0 ? "nothing is broken" : `broken: ${breaks.join(" or ")}`;
      it(`${protocol}: ${name} by replica ${liar} alone, ${finding}; without it nothing is`, () => {
        for (const seed of SEEDS) {
          const lied = run(protocol, name, seed);
          expect(lied.stats.lies, `seed ${seed}: lies told`).to.be.greaterThan(0);
          const found = lied.violation;
          if (breaks.length === 0) expect(found?.what ?? null, `seed ${seed}`).to.equal(null);
          else expect(breaks, `seed ${seed}: ${found?.what ?? "nothing found"}`).to.include(found?.checker);
          expect(run(protocol, name, seed, false).violation?.what ?? null, `seed ${seed}, honest`).to.equal(null);
        }
      });
      if (inPbft && protocol === "raft")
        it(`pbft: the same ${name} in the same situation breaks nothing`, () => {
          for (const seed of SEEDS) {
            const { violation, stats } = run("pbft", name, seed);
            expect(violation?.what ?? null, `seed ${seed}`).to.equal(null);
            expect(stats.lies, `seed ${seed}: lies told`).to.be.greaterThan(0);
          }
        });
    }

    it(`${protocol}: equivocate orders two really different values under one number, and both are executed and answered`, () => {
      const ran = run(protocol, "equivocate", 1);
      const at = ran.violation?.seq ?? expect.fail("no disagreement");
      const told = said(ran, "accept").flatMap(({ to, statement }) =>
        statement.values.flatMap(({ seq, digest }) => (seq === at ? to.map((each) => `${each} ${digest}`) : [])),
      );
      expect(new Set(told).size, "each of the two is told one value").to.equal(2);
      const [one, two] = [1, 2].map((replica) =>
        executed(ran, replica)
          .get(at)
          ?.requests.flatMap(({ operations }) => operations),
      );
      expect(one).to.not.deep.equal(two);
      expect(ran.violation?.replicas).to.have.members([1, 2]);
      expect(ran.stats.answered).to.be.greaterThan(0);
    });

    it(`${protocol}: forget-accepted and false-ack acknowledge a second value in the place of the first`, () => {
      for (const name of ["forget-accepted", "false-ack"]) {
        const ran = run(protocol, name, 1);
        const at = ran.violation?.seq ?? expect.fail("no disagreement");
        const views = said(ran, "accepted").map(({ statement }) => statement.view);
        expect(new Set(views).size, `${name}: two leaders were acknowledged`).to.be.greaterThan(1);
        expect(executed(ran, 0).get(at)?.digest, name).to.not.equal(executed(ran, 2).get(at)?.digest);
      }
    });

    it(`${protocol}: forget-vote acknowledges the old leader after it voted for a new one`, () => {
      const ran = run(protocol, "forget-vote", 1);
      const vote = said(ran, "promise").at(-1) ?? expect.fail("no vote");
      const old = said(ran, "accepted").filter(({ at, statement }) => at > vote.at && statement.view < vote.statement.view);
      expect(old.length).to.be.greaterThan(0);
      for (const { to } of old) expect(to, "to the old leader").to.deep.equal([0]);
    });

    it(`${protocol}: commit-early answers before anybody has acknowledged`, () => {
      const ran = run(protocol, "commit-early", 1);
      const replied = ran.events.findIndex(({ kind }) => kind === "replied");
      const accepted = ran.events.findIndex(
        (event) => event.kind === "sent" && event.statement.kind === "accepted" && event.statement.seq > 1,
      );
      expect(replied).to.be.greaterThan(-1);
      expect(replied < accepted || accepted === -1, "the reply leaves first").to.equal(true);
    });

    it(`${protocol}: endless-elections asks again in every term, huge-view for the last ones`, () => {
      const views = (name: string) => said(run(protocol, name, 1), "candidate").map(({ statement }) => statement.view);
      expect(new Set(views("endless-elections")).size).to.be.greaterThan(4);
      expect(Math.max(...views("huge-view"))).to.be.greaterThan(Number.MAX_SAFE_INTEGER - 10);
    });

    for (const name of RANDOM)
      for (const liar of [0, 1])
        it(`${protocol}: ${name} by replica ${liar} stops nobody, whatever else it does`, () => {
          let lies = 0;
          for (let seed = 1; seed <= 12; seed++) {
            const broken: string[] = [];
            const plan = planOf({ protocol, situation: leaderStops, seed, core: [], liar: { replica: liar, behaviour: name } });
            const { stats } = simulate(plan, (event) => {
              if (event.kind === "broke") broken.push(event.error);
            });
            expect(broken, `seed ${seed}`).to.deep.equal([]);
            lies += stats.lies;
          }
          expect(lies).to.be.greaterThan(20);
        });
  }

  it("a name that is not in the catalogue is refused with a sentence", () => {
    const plan = planOf({ protocol: "raft", situation: atWork, seed: 1, core: [], liar: { replica: 0, behaviour: "seq-gap" } });
    expect(() => simulate(plan)).to.throw(RangeError, /no behaviour "seq-gap" in raft; there are: equivocate, silent/);
  });
});
