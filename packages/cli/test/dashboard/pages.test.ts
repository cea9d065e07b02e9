import { expect } from "chai";
import * as fc from "fast-check";
import { pages } from "../../src/dashboard/pages.js";
import type { DashboardState, Mode } from "../../src/dashboard/state.js";
import { asciiOf } from "../../src/view/glyphs.js";
import { span } from "../../src/view/line.js";
import { widthOf } from "../../src/view/text.js";
import type { ClusterModel } from "../../src/watch/model.js";
import { observe } from "../../src/watch/observe.js";
import {
  allUp,
  dashboard,
  isDown,
  isPaused,
  ofLeaders,
  START_MS,
  type StatusOther,
  said,
  screenOf,
  slot,
  status,
} from "../support/fixtures.js";

const HOSTILE = "\u001b[2J\u202e値\n<&\u0007";

/** A replica that tells as much as one can, all of it in hostile words and large numbers. */
function strange(id: number, n: number) {
  const base = status(id, n);
  return status(id, n, {
    behaviour: id === 2 ? `lie ${HOSTILE}` : null,
    machine: {
      view: 12_345,
      primary: id % n,
      viewChange: id % 2 === 0 ? { view: 12_346, votes: [0, 1] } : null,
      wants: [{ replica: 1, view: 12_347 }],
      lastExecuted: 999_990 + id,
      lowWaterMark: 999_936,
      highWaterMark: 1_000_192,
      queued: 12_345,
      waiting: Array.from({ length: 32 }, (_, client) => ({ client, timestamp: 1_795_403_375_008_199 })),
      checkpointVotes: [{ seq: 1_000_064, replicas: [0, 1] }],
      abstaining: id === 1 ? { until: 1_000_064 } : null,
      transfer: { seq: 1_000_064, fetched: 123_456, missing: 654_321 },
      slots: Array.from({ length: 32 }, (_, index) =>
        slot(999_970 + index, n, {
          digest: id === 0 ? HOSTILE : "cd".repeat(32),
          contains: Array.from({ length: 16 }, (_, client) => ({ client, timestamp: 1_795_403_375_008_199 })),
          contrary: [0, 3],
          executed: index < 20,
          committed: index < 25,
        }),
      ),
    },
    links: base.links.map((link) => ({
      ...link,
      connected: link.replica !== 0,
      queuedBytes: 123_456_789,
      fault: { cut: link.replica === 1, delayMs: 50, jitterMs: 20, drop: 0.25, duplicate: 0.1, reorder: 0.1 },
      faultCounts: { cut: 1e9, dropped: 1e9, delayed: 1e9, duplicated: 1e9, reordered: 1e9, overflowed: 1e9 },
    })),
    refused: { [HOSTILE]: 1e9 },
    dropped: { [HOSTILE]: 1e9, duplicate: 3 },
    againstPeers: { [HOSTILE]: { [HOSTILE]: 1e9 } },
    timers: [
      { timer: "view-change", dueInMs: 123_456 },
      { timer: HOSTILE, dueInMs: -5 },
    ],
    convicted: [0, 3],
    metrics: `http://${HOSTILE}`,
  });
}

/** Nothing is known, a calm cluster, one in which everything goes wrong, and one of each protocol that trusts its leader. */
function clusters(): ClusterModel[] {
  const past = Array.from({ length: 200 }, (_, at) => ({ kind: "tick", atMs: START_MS + at * 1000 }) as const);
  const wrong = [1, 2, 3].map(
    (faults) => dashboard([...allUp(faults, strange), isDown(1), isPaused(3), ...past], { columns: 1, rows: 1 }, faults).cluster,
  );
  const trips = { kind: "round-trips", atMs: START_MS, tookMs: [1, 2, 123_456] } as const;
  return [
    dashboard([]).cluster,
    dashboard(allUp()).cluster,
    ...wrong.map((model) => [trips, ...past].reduce(observe, model)),
    ...(["raft", "multipaxos"] as const).map((protocol) => {
      const model = ofLeaders(protocol);
      return [0, 1, 2].reduce((seen, id) => observe(seen, said({ ...strange(id, 3), protocol })), model);
    }),
  ];
}

describe("dashboard/pages", () => {
  const modes: readonly Mode[] = [{ kind: "watch" }, { kind: "watch" }, { kind: "help" }];
  const models = clusters();
  const chart = {
    drawing: null,
    drawn: {
      seq: 7,
      atMs: START_MS,
      tookMs: 1,
      columns: 80,
      result: { ok: true as const, lines: Array.from({ length: 100 }, () => [span(`${HOSTILE}${"─".repeat(300)}`)]) },
    },
  };

  it("never are wider or higher than the terminal, with any size and cluster, and write out what is hostile", () => {
    return fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(...models),
        fc.constantFrom(...pages),
        fc.constantFrom(...modes),
        fc.nat(3),
        fc.option(fc.integer({ min: 1, max: 1_000_010 })),
        fc.nat(200),
        (columns, rows, cluster, page, mode, selected, cursor, scroll) => {
          const base = dashboard([], { columns, rows });
          const screen = screenOf({ ...base, cluster, page, mode, selected, cursor, scroll, chart });
          expect(screen).to.have.length(Math.max(1, rows - 1));
          for (const row of screen) expect(widthOf(row)).to.be.at.most(columns);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
          expect(screen.join("")).to.not.match(/[\u0000-\u001f\u202e]/);
        },
      ),
      { numRuns: 200 },
    );
  });

  const open = (page: DashboardState["page"], of: (id: number) => StatusOther, other: Partial<DashboardState> = {}) =>
    screenOf({ ...dashboard(allUp(1, (id, n) => status(id, n, of(id)))), page, ...other });

  it("the slot grid: a sign for each slot and replica, and what is known of the slot under the cursor", () => {
    const screen = open("slots", (id) => ({
      machine: {
        lastExecuted: 3,
        slots: [
          slot(3),
          slot(4, 4, { executed: false, committed: id === 0, contrary: id === 0 ? [3] : [] }),
          slot(5, 4, { executed: false, committed: false, prepared: false, prepares: [0], commits: [], prePrepared: id < 2 }),
        ],
      },
    }));
    const text = screen.join("\n");
    expect(text).to.contain(" slots 1 to 5").and.contain("window: h 0, H 256, next checkpoint 128");
    expect(text).to.match(/▸ ◆ {2}0 {2}●●●◕◔\n {2}● {2}1 {2}●●●◑◔\n {2}● {2}2 {2}●●●◑·\n {2}● {2}3 {2}●●●▲·/);
    expect(text).to.match(/\n {12}▴\n/);
    expect(text).to.contain(" slot 5       pre-prepare accepted in view 0, proposed by replica 0");
    expect(text).to.contain(" batch        1 request, 1 operation, digest abababab");
    expect(text).to.contain(" prepare      ◆··· 1 of 3").and.contain(" executed     ···· 0 of 4");
    const before = open("slots", () => ({ machine: { lastExecuted: 3, slots: [] } }), { cursor: 2 }).join("\n");
    expect(before).to.contain("slot 2       executed by replicas 0 to 3; its votes were not seen");
    expect(open("slots", () => ({})).join("\n")).to.contain("no slot in use yet");
  });

  it("the slot grid shows the votes for the next checkpoint while they are gathered", () => {
    const screen = open("slots", (id) => ({
      machine: { lastExecuted: 128, slots: [], checkpointVotes: id < 2 ? [{ seq: 128, replicas: [id] }] : [] },
    }));
    expect(screen.join("\n")).to.contain("window: h 0, H 256, next checkpoint 128 (2 of 3 votes)");
  });

  it("the slot grid shows where the window begins and ends", () => {
    const screen = open("slots", () => ({ machine: { lastExecuted: 140, lowWaterMark: 128, highWaterMark: 384, slots: [] } }));
    const row = (sign: RegExp) => screen.find((line) => sign.test(line)) ?? "";
    const ruler = row(/ 70 +80 +90 +100 +110 +120 +130$/);
    expect(row(/^ +h +▴$/).indexOf("h")).to.equal(ruler.indexOf("130") - 2);
    expect(row(/^ +h +▴$/).indexOf("▴")).to.equal(ruler.indexOf("130") + 10);
  });

  it("more than forty slots at once on 80 columns, for f = 3 too", () => {
    const model = dashboard(
      allUp(3, (id, n) => status(id, n, { machine: { lastExecuted: 500, slots: [] } })),
      undefined,
      3,
    );
    const rows = screenOf({ ...model, page: "slots" }).filter((row) => /●{40}/.test(row));
    expect(rows).to.have.length(10);
  });

  it("a replica: where it stands, what it waits for, what its timers do, whom it holds proofs against", () => {
    const screen = open(
      "replica",
      (id) => ({
        convicted: id === 1 ? [2] : [],
        timers: [{ timer: "view-change", dueInMs: 1800 }],
        machine: { view: 3, primary: 3, lastExecuted: 40, queued: 1, waiting: [{ client: 2, timestamp: 17 }] },
        refused: { "signature-invalid": 12 },
        dropped: { duplicate: 4 },
        againstPeers: { "replica 3": { "signature-invalid": 12, duplicate: 4 } },
      }),
      { selected: 1, size: { columns: 80, rows: 40 } },
    ).join("\n");
    expect(screen).to.contain(" replica 1  ● backup").and.contain("127.0.0.1:40001, pid 1001, up 5 s");
    expect(screen).to.contain("stands       view 3, primary 3; executed up to 40");
    expect(screen).to.match(/window {7}h 0 ━+─+ H 256 {2}40 executed, 0 on their way/);
    expect(screen).to.contain("queue        1 request waiting, the oldest first: client 2 at 17");
    expect(screen).to.match(
      /timers {7}view-change: in 1.8 s it asks for view 4, unless the request that\n +waits longest is executed first/,
    );
    expect(screen).to.contain("links        all 3 are up");
    expect(screen).to.contain("refused      replica 3: signature-invalid 12\n").and.contain("of no use    duplicate 4");
    expect(screen).to.contain("proofs       against replica 2").and.contain("metrics      not served");
  });

  it("a replica that is down: what one can do", () => {
    const state = dashboard([...allUp(), isDown(2)]);
    expect(screenOf({ ...state, page: "replica", selected: 2 }).join("\n"))
      .to.contain("replica 2  ○ down")
      .and.contain("bring it back with R, or: bft restart 2");
  });

  it("links: who reaches whom, and what the faults really did", () => {
    const fault = { cut: false, delayMs: 50, jitterMs: 0, drop: 0, duplicate: 0, reorder: 0 };
    const screen = open(
      "links",
      (id) => ({
        links: status(id).links.map((link) => ({
          ...link,
          connected: link.replica !== 3,
          fault: link.replica === 0 ? { ...fault, cut: true } : id === 0 && link.replica === 1 ? fault : null,
          faultCounts: { ...link.faultCounts, cut: link.replica === 0 ? 120 : 0, delayed: link.replica === 1 ? 7 : 0 },
          queuedBytes: link.replica === 3 ? 42_600 : 0,
        })),
      }),
      { selected: 0 },
    ).join("\n");
    expect(screen).to.match(/from +to 0 +to 1 +to 2 +to 3/);
    expect(screen).to.match(/▸ ◆ {2}0 +◌ late ● up +○ down/);
    expect(screen).to.match(/ {2}● {2}2 +× cut +● up +○ down/);
    expect(screen).to.match(/to {2}1 {2}◌ 50 ms late {2}7 late\n/);
    expect(screen).to.match(/to {2}3 {2}○ down {2}42.6kB queued\n/);
    expect(screen).to.match(/ 2 to {2}0 {2}× cut {2}120 cut off/);
  });

  it("each has help: its keys and its lights", () => {
    const said: Readonly<Record<DashboardState["page"], string>> = {
      overview: "beside an id: convicted",
      slots: "the fuller the sign, the further it is there",
      replica: "Everything that this replica tells of itself",
      links: "A row sends to a column",
      chart: "Who sent what to whom",
    };
    for (const page of pages) {
      const screen = screenOf({ ...dashboard(allUp(), { columns: 80, rows: 28 }), page, mode: { kind: "help" } });
      expect(screen.join(" ").replaceAll(/ +/g, " "), page)
        .to.contain("turn the page")
        .and.contain(said[page])
        .and.contain("q or Ctrl-C");
    }
  });

  it("are ASCII where nothing else is shown", () => {
    const state = dashboard(
      [...allUp(1, (id, n) => status(id, n, { convicted: [id], machine: { lastExecuted: 9, slots: [slot(9, n)] } })), isDown(1)],
      { columns: 160, rows: 50 },
    );
    for (const page of pages)
      for (const mode of modes) expect(asciiOf(screenOf({ ...state, page, mode }).join(" ")), page).to.match(/^[ -~§]*$/);
  });

  it("name themselves on a row of their own, from 17 rows on", () => {
    const tabs = (rows: number) => screenOf({ ...dashboard(allUp(), { columns: 80, rows }), selected: 2 });
    expect(tabs(17).join("\n")).to.contain("── overview ─ slot grid ─ replica 2 ─ links ─ chart ─");
    expect(tabs(16).join("\n")).to.not.contain("slot grid");
  });
});

describe("dashboard/overview", () => {
  it("shows a view change: who wants it, who would lead, since when, what comes otherwise", () => {
    const machine = { view: 1, viewChange: { view: 1, votes: [1, 2] } };
    const timers = [{ timer: "view-change", dueInMs: 4000 }];
    const actions = [...allUp(), isDown(0), ...[1, 2].map((id) => said(status(id, 4, { machine, timers }), START_MS + 100))];
    const state = dashboard([...actions, { kind: "tick", atMs: START_MS + 600 }]);
    const text = screenOf(state).join("\n");
    expect(text).to.contain(" view change  to view 1, primary 1: ·◆●· 2 of 3 ask for it, for 500 ms");
    expect(text).to.contain("1 more, and replica 1 sends the new-view; else view 2 in 3.5 s");
    const third = dashboard([...actions, said(status(3, 4, { machine, timers }), START_MS + 100)]);
    expect(screenOf(third).join("\n")).to.contain("3 of 3 ask for it").and.contain("awaits the new-view of replica 1");
  });

  it("shows who has not heard of a view change that is over for the others", () => {
    const late = { view: 1, viewChange: { view: 1, votes: [1, 2, 3] } };
    const state = dashboard(allUp(1, (id, n) => status(id, n, { machine: id === 3 ? late : { view: 1, primary: 1 } })));
    expect(screenOf(state).join("\n")).to.contain(" view change  to view 1: replicas 0, 1 and 2 are in it, replica 3 still asks");
  });

  it("shows when one begins, while requests wait", () => {
    const waits = allUp(1, (id, n) =>
      status(id, n, { machine: { queued: 1 }, timers: id === 2 ? [{ timer: "view-change", dueInMs: 2000 }] : [] }),
    );
    const at = (ms: number) => screenOf(dashboard([...waits, { kind: "tick", atMs: START_MS + ms }])).join("\n");
    expect(at(500)).to.not.contain("view change");
    expect(at(900)).to.contain(" view change  replica 2 asks for view 1 in 1.1 s, unless its request is executed");
  });

  it("shows a transfer and whoever is convicted, beside the id too", () => {
    const actions = allUp(1, (id, n) =>
      status(id, n, {
        convicted: id === 0 ? [] : [0],
        machine: { lastExecuted: 1, transfer: id === 3 ? { seq: 128, fetched: 30, missing: 10 } : null },
      }),
    );
    const text = screenOf(dashboard(actions)).join("\n");
    expect(text).to.contain(" transfer     replica 3 to 128: ━━━━━━━━━━━━──── 30 of 40 parts");
    expect(text).to.contain(" convicted    ✗ replica 0, by proofs of replicas 1, 2 and 3; see: bft evidence");
    expect(text).to.match(/▸ {2}0✗ {2}◆ primary/);
    for (const page of ["slots", "links"] as const)
      expect(screenOf({ ...dashboard(actions), page }).join("\n"), page).to.match(/◆ {2}0✗ /);
    expect(screenOf({ ...dashboard(actions), page: "replica" }).join("\n"))
      .to.contain("replica 0✗")
      .and.contain("convicted");
  });

  it("shows throughput and round trips as they were in the last two minutes", () => {
    const seconds = Array.from({ length: 130 }, (_, at) => at);
    const actions = seconds.flatMap((at) => {
      const atMs = START_MS + at * 1000;
      const statuses = [0, 1, 2, 3].map((id) => said(status(id, 4, { operationsExecuted: at < 60 ? 0 : (at - 60) * 100 }), atMs));
      const trips = at < 100 ? [] : [{ kind: "round-trips", atMs, tookMs: [4, 8, 400] } as const];
      return [...statuses, ...trips, { kind: "tick", atMs } as const];
    });
    const row = screenOf(dashboard(actions)).find((line) => line.startsWith(" op/s")) ?? "";
    expect(row).to.match(/^ op\/s ·{9,10}[▁▂▃▄▅▆▇]?▇{11} 100 +round trip ·{15,16}▇{5,6} 8 ms *$/);
    expect(screenOf(dashboard(allUp())).join("\n")).to.match(/op\/s ·+ – +round trip ·+ – /);
  });
});
