import { expect } from "chai";
import * as fc from "fast-check";
import { frameOf } from "../../src/dashboard/frame.js";
import type { Size } from "../../src/dashboard/layout.js";
import { pages } from "../../src/dashboard/pages.js";
import { widthOf } from "../../src/view/text.js";
import {
  allUp,
  dashboard,
  isDown,
  isPaused,
  START_MS,
  said,
  screenOf,
  slot,
  status,
  unauthenticated,
} from "../support/fixtures.js";

function busy(faults: number) {
  const n = 3 * faults + 1;
  return allUp(faults, (id) =>
    status(id, n, {
      behaviour: id === 2 ? "wrong-reply" : null,
      machine: {
        lastExecuted: 999_990 + id,
        lowWaterMark: 999_936,
        highWaterMark: 1_000_192,
        queued: 12_345,
        slots: Array.from({ length: 32 }, (_, index) =>
          slot(999_970 + index, n, index > 25 ? { commits: [], committed: false, executed: false } : {}),
        ),
      },
      refused: { "signature-invalid": 12_345 },
    }),
  );
}

function withoutSignatures(size: Size) {
  const state = dashboard(allUp(), size);
  return { ...state, cluster: unauthenticated(state.cluster) };
}

describe("dashboard/frame", () => {
  it("shows the whole of a small cluster on 80x24", () => {
    const executed = { kind: "executed", seq: 1, view: 0, operations: 1, first: "set x 1" } as const;
    const actions = allUp(1, (id, n) => status(id, n, { machine: { lastExecuted: 1, slots: [slot(1, n)] } }));
    const screen = screenOf(
      dashboard([
        ...actions,
        said(status(0, 4, { machine: { lastExecuted: 1, slots: [slot(1)] } }), START_MS, [executed]),
        isDown(3),
      ]),
    );
    expect(screen).to.have.length(23);
    const text = screen.join("\n");
    expect(text).to.contain("pbft kv · n = 4, f = 1, quorum 3 · view 0, primary 0");
    expect(text).to.contain(" SERVES with 3 of 4  replica 3 down");
    expect(text).to.match(/▸ +0 {2}◆ primary +0 +1 +0 +256 +0 +– +3\/3/);
    expect(text).to.match(/1 {2}● backup/);
    expect(text).to.match(/3 {2}○ down +– +–/);
    expect(text).to.match(/1 +0 +● +● +◆●●● 4\/3 {2}◆●●● 4\/3 {2}◆●●· 3\/4 +set x 1/);
    expect(text).to.contain("slot 1 executed: set x 1");
    expect(text).to.contain("replica 3 is down");
    expect(screen.at(-1)).to.equal(" s submit  ↑↓ replica 0:  K kill  R restart  L lie  P pause  ? help  q stop all");
  });

  it("fits ten replicas on 80x24, a light for each vote", () => {
    const screen = screenOf(dashboard(busy(3), { columns: 80, rows: 24 }, 3));
    expect(screen.filter((row) => /(primary|backup|lying) /.test(row) && /^.{2} *\d+ {2}./.test(row))).to.have.length(10);
    expect(screen.join("\n")).to.contain("◆●●●●●●●●● 10/7");
  });

  it("never is wider or higher than the terminal, with any size, cluster and mode", () => {
    const clusters = [1, 2, 3, 4].map((faults) => ({ faults, actions: [...busy(faults), isDown(1), isPaused(3)] }));
    const modes = [
      { kind: "watch" },
      { kind: "help" },
      { kind: "behaviours", replica: 0, chosen: 2, filter: "" },
      { kind: "behaviours", replica: 0, chosen: 0, filter: "nothing has this in it" },
      {
        kind: "typing",
        text: "set x 値値値値値値値値値値値値値値値値値値値値値値値値値値値値値値値",
        cursor: 30,
        recalled: null,
      },
    ] as const;
    return fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(...clusters.keys()),
        fc.constantFrom(...modes.keys()),
        (columns, rows, clusterAt, modeAt) => {
          const [cluster, mode] = [clusters[clusterAt], modes[modeAt]];
          if (!cluster || !mode) throw new Error("drawn from nowhere");
          const screen = screenOf({ ...dashboard(cluster.actions, { columns, rows }, cluster.faults), mode });
          expect(screen).to.have.length(Math.max(1, rows - 1));
          for (const row of screen) expect(widthOf(row)).to.be.at.most(columns);
        },
      ),
    );
  });

  it("says above all on every page and at every size that nothing is authenticated; and never where it is", () => {
    const sizes = [20, 40, 80, 120, 200].flatMap((columns) => [2, 5, 12, 24, 60].map((rows) => ({ columns, rows })));
    for (const page of pages)
      for (const mode of [{ kind: "watch" }, { kind: "help" }] as const)
        for (const size of sizes) {
          const signed = { ...dashboard(busy(1), size), page, mode };
          const unsigned = { ...signed, cluster: unauthenticated(signed.cluster) };
          const screen = screenOf(unsigned);
          expect(screen[0]?.startsWith(" NOT AUTHENTICATED"), `${page} ${size.columns}x${size.rows}`).to.equal(true);
          expect(frameOf(unsigned)[0]?.map(({ tone }) => tone)).to.deep.equal(["badBar"]);
          expect(widthOf(screen[0] ?? ""), "the whole row").to.equal(size.columns);
          expect(screen).to.have.length(size.rows - 1);
          expect(screenOf(signed).join("\n")).to.not.contain("NOT AUTHENTICATED");
        }
    const wide = screenOf(withoutSignatures({ columns: 120, rows: 24 }));
    expect(wide[0]).to.contain("no signature is made or checked, anybody can speak for anybody; for measuring only");
    expect(wide[1]).to.match(/^ bft pbft kv/);
    expect(screenOf(withoutSignatures({ columns: 80, rows: 24 }))[0]).to.match(
      /anybody can speak for anybody; for measuring only *$/,
    );
  });

  it("says where it is that signatures are computed in JavaScript", () => {
    const state = dashboard(allUp());
    const { cluster } = state;
    const slow = { ...state, cluster: { ...cluster, facts: { ...cluster.facts, crypto: "noble" as const } } };
    expect(screenOf(slow)[0]).to.contain("primary 0 · crypto noble");
    expect(screenOf(state).join("\n")).to.not.contain("noble");
  });

  it("writes out what an operation of a stranger would do to the terminal", () => {
    const executed = { kind: "executed", seq: 1, view: 0, operations: 1, first: "set x \u001b[2J\u202e" } as const;
    const actions = allUp(1, (id, n) => status(id, n, { machine: { lastExecuted: 1, slots: [slot(1, n)] } }));
    const screen = screenOf(
      dashboard([...actions, said(status(0, 4, { machine: { lastExecuted: 1, slots: [slot(1)] } }), START_MS, [executed])]),
    ).join("\n");
    expect(screen).to.contain("set x \\u001b[2J\\u202e");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(screen).to.not.match(/[\u0000-\u0009\u001b]/);
  });

  it("shows whose batches differ when the primary equivocates", () => {
    const actions = allUp(1, (id, n) =>
      status(id, n, {
        behaviour: id === 0 ? "equivocate" : null,
        machine: { slots: [slot(4, n, { digest: id === 1 ? "aaaa" : "bbbb", executed: false, committed: false })] },
      }),
    );
    const screen = screenOf(dashboard(actions, { columns: 100, rows: 24 })).join("\n");
    expect(screen).to.contain("▲ lying primary");
    expect(screen).to.contain("split!");
    expect(screen).to.contain("aaaa to 1; bbbb to 2,3");
  });

  it("shows what is being done to a replica", () => {
    const screen = screenOf({ ...dashboard(allUp()), busy: { 2: "restarting" } }).join("\n");
    expect(screen).to.match(/2 {2}◌ restarting/);
  });

  it("shows the keys on demand, and the ways to lie", () => {
    const help = screenOf({ ...dashboard(allUp()), mode: { kind: "help" } }).join("\n");
    expect(help).to.contain("kill it (SIGKILL)");
    expect(help).to.contain("stop the whole cluster; its data is kept");
    const lies = screenOf({ ...dashboard(allUp()), mode: { kind: "behaviours", replica: 2, chosen: 2, filter: "" } });
    expect(lies.join("\n")).to.contain("How does replica 2 behave from now on?");
    expect(lies.find((row) => row.startsWith("▸"))).to.contain("silent");
    expect(lies.join("\n")).to.match(
      /from now on\? +3 of 4\n {2}no lie\n.*honest.*\n {2}primary\n.*equivocate.*\n▸.*silent.*\n {2}replies\n.*wrong-reply/,
    );
    expect(lies.at(-1)).to.equal(" ↑↓ choose  ←→ group  a-z find  Enter switch on  Esc leave as it is");
  });

  it("shows what is left of the ways to lie when a part of a name is typed, in the same place", () => {
    const menu = (filter: string) =>
      screenOf({ ...dashboard(allUp()), mode: { kind: "behaviours", replica: 2, chosen: 0, filter } });
    const found = menu("reply");
    expect(found.join("\n")).to.match(/from now on\? +find: reply_\n {2}replies\n▸ {3}wrong-reply/);
    expect(found.at(-1)).to.contain("Esc show all");
    const explains = (screen: string[]) => screen.findIndex((row) => row.includes("must hold:"));
    expect(explains(found)).to.equal(explains(menu("")));
    expect(menu("xyz").join("\n")).to.contain('nothing has "xyz" in it; Backspace takes a letter back');
  });

  it("keeps the chosen one of many ways to lie on a small screen", () => {
    const behaviours = Array.from({ length: 40 }, (_, index) => ({
      name: `lie-${index}`,
      group: "others",
      summary: "sends nothing",
      holds: "all",
    }));
    for (const chosen of [0, 1, 20, 40]) {
      const state = { ...dashboard(allUp(), { columns: 80, rows: 24 }), behaviours };
      const screen = screenOf({ ...state, mode: { kind: "behaviours", replica: 0, chosen, filter: "" } });
      const name = chosen === 0 ? "honest" : `lie-${chosen - 1}`;
      expect(
        screen.find((row) => row.startsWith("▸")),
        name,
      ).to.match(new RegExp(`^▸ +${name} `));
      expect(screen.filter((row) => row.includes("lie-"))).to.have.length.at.least(10);
    }
  });

  it("shows the end of an operation that is longer than the row, and the cursor", () => {
    const text = `set x ${"0123456789".repeat(20)}`;
    const screen = screenOf({ ...dashboard(allUp()), mode: { kind: "typing", text, cursor: text.length, recalled: null } });
    expect(screen.at(-1)).to.match(/^ submit> .*789 $/);
  });
});
