import type { LinkFault, ReplicaLink } from "@bft/replica";
import { expect } from "chai";
import type { Telling } from "../../src/services/link-faults.js";
import { entryText } from "../../src/view/entry.js";
import { faultWords } from "../../src/view/fault-words.js";
import { lineText, lineWidth } from "../../src/view/line.js";
import { faultNotes, healLines, healNotes, linkLines, partitionLines } from "../../src/view/link-faults.js";
import { statusLines } from "../../src/view/status-report.js";
import { verdictOf } from "../../src/watch/verdict.js";
import { allUp, dashboard, isDown, START_MS, said, screenOf, seen, status } from "../support/fixtures.js";

const sound: LinkFault = { cut: false, delayMs: 0, jitterMs: 0, drop: 0, duplicate: 0, reorder: 0 };
const cut: LinkFault = { ...sound, cut: true };

/** The status of each of 3f+1 replicas whose links are treated so. */
function withFaults(fault: (from: number, to: number) => Partial<ReplicaLink>, faults = 1) {
  return allUp(faults, (id, n) => {
    const healthy = status(id, n);
    return { ...healthy, links: healthy.links.map((link) => ({ ...link, ...fault(id, link.replica) })) };
  });
}

/** Cut wherever `isCut` says so. */
function cutWhere(isCut: (from: number, to: number) => boolean, faults = 1) {
  return withFaults((from, to) => (isCut(from, to) ? { fault: cut } : {}), faults);
}

const isolated = (id: number) => (from: number, to: number) => from === id || to === id;

describe("view/fault-words", () => {
  for (const [fault, words] of [
    [sound, "sound"],
    [{ ...cut, delayMs: 50 }, "cut"],
    [{ ...sound, delayMs: 50 }, "50 ms late"],
    [{ ...sound, delayMs: 50, jitterMs: 1000 }, "50 ms to 1.1 s late"],
    [{ ...sound, jitterMs: 20, drop: 0.125 }, "0 ms to 20 ms late, 12.5 % dropped"],
    [{ ...sound, drop: 1, duplicate: 0.05, reorder: 0.0001 }, "100 % dropped, 5 % twice, 0.01 % out of order"],
  ] as const)
    it(words, () => expect(faultWords(fault)).to.equal(words));
});

describe("view/link-faults", () => {
  it("says what is cut, who was not named, that clients are not cut off, and how to undo it", () => {
    const plan = { groups: [[0], [1, 2, 3]], notNamed: [], oneWay: false, cuts: [] };
    const undo = "clients still reach every replica; undo with: bft heal --dir lab";
    expect(partitionLines(plan, " --dir lab").map(lineText)).to.deep.equal(["cut: replica 0 | replicas 1, 2 and 3", undo]);
    const rest = [1, 2, 3];
    expect(partitionLines({ ...plan, groups: [[0], rest], notNamed: rest }, "").map(lineText)[1]).to.equal(
      "replicas 1, 2 and 3 were not named: one group of their own",
    );
    expect(
      partitionLines({ ...plan, groups: [[0], [1, 2]], notNamed: [3], oneWay: true }, "")
        .map(lineText)
        .slice(0, 2),
    ).to.deep.equal([
      "cut one way: what replica 0 sends does not reach replicas 1 and 2",
      "replica 3 can still talk to both groups",
    ]);
  });

  it("says what a link does, and how to undo that", () => {
    const both = [
      { from: 0, to: 2 },
      { from: 2, to: 0 },
    ];
    expect(linkLines(both, { ...sound, drop: 0.5 }, "").map(lineText)).to.deep.equal([
      "between replicas 0 and 2, both ways: 50 % dropped",
      "undo with: bft link 0 2 --off",
    ]);
    expect(
      linkLines(both.slice(0, 1), { ...sound, drop: 0.5 }, "")
        .map(lineText)
        .at(-1),
    ).to.equal("undo with: bft link 0 2 --off --one-way");
    expect(linkLines(both, null, "").map(lineText)).to.deep.equal([
      "between replicas 0 and 2, both ways: nothing is wrong any more",
    ]);
  });

  it("says who could not be told, and what to do when that matters", () => {
    const telling: Telling = {
      told: [0],
      notTold: [
        { replica: 2, state: "paused" },
        { replica: 3, state: "down" },
      ],
      done: true,
    };
    expect(faultNotes(telling, "")).to.deep.equal([
      "replica 3 is down: faults end with a process, so it comes back without any",
      "replica 2 is paused and can not be told: it sends as before once it goes on",
    ]);
    expect(faultNotes({ ...telling, done: false }, "").at(-1)).to.equal(
      "so not all of it was done; wake it with: bft resume 2, then ask again",
    );
    expect(healLines(telling).map(lineText)).to.deep.equal(["healed: nothing is wrong any more with what replica 0 sends"]);
    expect(healNotes({ ...telling, done: false }, " --dir lab")).to.deep.equal([
      "replica 2 is paused and can not be told: it keeps its faults",
      "wake it with: bft resume 2 --dir lab, then ask again",
    ]);
    expect(healLines({ told: [], notTold: [{ replica: 0, state: "down" }], done: true }).map(lineText)).to.deep.equal([
      "no replica runs, so there is nothing to heal",
    ]);
  });
});

describe("faulty links in bft status", () => {
  it("stand in the links column, with details below: what is wrong, and how often it really happened", () => {
    const none = { cut: 0, dropped: 0, delayed: 0, duplicated: 0, reordered: 0, overflowed: 0 };
    const model = seen(
      withFaults((from, to) => {
        if (from === 0 && to === 2)
          return { fault: { ...sound, drop: 0.1, reorder: 0.5 }, faultCounts: { ...none, dropped: 1, reordered: 7 } };
        if (from === 3) return { fault: cut, faultCounts: { ...none, cut: 40_000 } };
        return {};
      }),
    );
    const lines = statusLines(model, 120).map(lineText);
    expect(lines[2]).to.match(/ 3\/3 1 bad /);
    expect(lines[3]).to.match(/ 3\/3 {2}/);
    expect(lines[5]).to.match(/ 3\/3 3 cut /);
    expect(lines).to.include("replica 0 to replica 2: 10 % dropped, 50 % out of order (1 message lost, 7 overtaken)");
    expect(lines).to.include("replica 3 to replicas 0, 1 and 2: cut (120k messages lost)");
  });

  it("fit the terminal; a sound cluster keeps its columns", () => {
    for (const width of [40, 80, 120]) {
      const table = statusLines(seen(cutWhere(isolated(0))), width).slice(1, 6);
      for (const line of table) expect(lineWidth(line)).to.be.at.most(width);
    }
    expect(lineText(statusLines(seen(allUp()), 80)[1] ?? [])).to.contain("high H");
  });

  it("stand on the dashboard at 80x24, which does not overflow", () => {
    for (const faults of [1, 3]) {
      const screen = screenOf(dashboard(cutWhere(isolated(0), faults), { columns: 80, rows: 24 }, faults));
      expect(screen).to.have.length(23);
      for (const row of screen) expect(row.length, row).to.be.at.most(80);
      expect(screen.join("\n")).to.match(faults === 1 ? / 3\/3 3 cut/ : / 9\/9 9 cut/);
    }
  });
});

describe("faulty links in the verdict", () => {
  const cases: readonly (readonly [
    title: string,
    actions: Parameters<typeof seen>[0],
    headline: string,
    why: string | null,
    serves: boolean,
  ])[] = [
    ["a backup cut off", cutWhere(isolated(3)), "SERVES with 3 of 4", "replica 3 cut off", true],
    [
      "the primary cut off",
      cutWhere(isolated(0)),
      "WAITS: primary 0 is cut off",
      "the next request makes the backups ask for a new view",
      true,
    ],
    ["a backup that is not heard", cutWhere((from) => from === 3), "SERVES with 3 of 4", "replica 3 cut off", true],
    ["a backup that hears nobody", cutWhere((_, to) => to === 3), "SERVES with 3 of 4", "replica 3 cut off", true],
    ["one link cut", cutWhere((from, to) => from + to === 5), "AGREES · 4/4 up", null, true],
    [
      "two halves",
      cutWhere((from, to) => from < 2 !== to < 2),
      "STALLED: links are cut, no 3 reach each other",
      "undo it with: bft heal",
      false,
    ],
    [
      "a cut off backup and one down",
      [...cutWhere(isolated(3)), isDown(2)],
      "STALLED: links are cut, no 3 reach each other",
      "undo it with: bft heal",
      false,
    ],
    ["a lossy link", withFaults(() => ({ fault: { ...sound, drop: 0.9 } })), "AGREES · 4/4 up", null, true],
    [
      "a link that loses all",
      withFaults((from) => (from === 3 ? { fault: { ...sound, drop: 1 } } : {})),
      "SERVES with 3 of 4",
      "replica 3 cut off",
      true,
    ],
  ];
  for (const [title, actions, headline, why, serves] of cases)
    it(`${title}: ${headline}`, () => expect(verdictOf(seen(actions))).to.include({ headline, why, serves }));
});

describe("faulty links in the feed", () => {
  it("name who sends and to whom; a heal and a second cut are told anew", () => {
    const event = (replicas: number[], fault: LinkFault | null) => ({ kind: "link-fault", replicas, fault }) as const;
    const told = [
      said(status(0), START_MS, [event([2, 3], cut)]),
      said(status(1), START_MS, [event([2, 3], cut)]),
      said(status(0), START_MS, [event([2, 3], null), event([2, 3], cut), event([2], { ...sound, drop: 0.1 })]),
    ];
    expect(seen([...allUp(), ...told]).feed.entries.map(entryText)).to.deep.equal([
      "replicas 0 and 1: links to replicas 2 and 3: cut",
      "replica 0: links to replicas 2 and 3: sound again",
      "replica 0: links to replicas 2 and 3: cut",
      "replica 0: link to replica 2: 10 % dropped",
    ]);
  });
});
