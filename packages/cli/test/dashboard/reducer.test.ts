import { expect } from "chai";
import type { Key } from "../../src/dashboard/keys.js";
import { reduce } from "../../src/dashboard/reducer.js";
import type { Command, DashboardState } from "../../src/dashboard/state.js";
import { allUp, dashboard, isPaused, START_MS, said, status } from "../support/fixtures.js";

const names: Readonly<Record<string, Key>> = {
  "<up>": { kind: "up" },
  "<down>": { kind: "down" },
  "<left>": { kind: "left" },
  "<right>": { kind: "right" },
  "<home>": { kind: "home" },
  "<end>": { kind: "end" },
  "<enter>": { kind: "enter" },
  "<esc>": { kind: "escape" },
  "<back>": { kind: "backspace" },
  "<tab>": { kind: "tab" },
  "<backtab>": { kind: "backtab" },
  "<pgup>": { kind: "page-up" },
  "<pgdn>": { kind: "page-down" },
  "<c-c>": { kind: "control", letter: "c" },
  "<c-w>": { kind: "control", letter: "w" },
  "<c-u>": { kind: "control", letter: "u" },
  "<c-l>": { kind: "control", letter: "l" },
};

/** Presses keys written as `jj<enter>x`, and gathers the commands. */
function press(state: DashboardState, keys: string): { state: DashboardState; commands: Command[] } {
  const commands: Command[] = [];
  for (const [name] of keys.matchAll(/<[a-z-]+>|./g)) {
    const next = reduce(state, { kind: "key", key: names[name] ?? { kind: "character", character: name }, atMs: START_MS });
    state = next.state;
    commands.push(...next.commands);
  }
  return { state, commands };
}

const up = dashboard(allUp());

describe("dashboard/reducer", () => {
  const selections: readonly [keys: string, selected: number][] = [
    ["j", 1],
    ["jj<down>", 3],
    ["jjjjjj", 3],
    ["jk", 0],
    ["<up>", 0],
    ["2", 2],
    ["<end>", 3],
    ["<end><home>", 0],
    ["7", 0],
  ];
  for (const [keys, selected] of selections) {
    it(`${keys} selects replica ${selected}`, () => expect(press(up, keys).state.selected).to.equal(selected));
  }

  const turns: readonly [keys: string, page: string][] = [
    ["<tab>", "slots"],
    ["<tab><tab>", "replica"],
    ["<tab><tab><tab>", "links"],
    ["<backtab>", "chart"],
    ["<tab><backtab>", "overview"],
    ["<tab><tab><tab><tab><tab>", "overview"],
    ["g", "slots"],
    ["n", "links"],
    ["c", "chart"],
    ["nc", "chart"],
    ["go", "overview"],
    ["2<enter>", "replica"],
    ["2<enter><esc>", "overview"],
    ["g<enter><esc>", "slots"],
    ["gc<esc>", "slots"],
    ["gic<esc>", "slots"],
    ["n<enter><tab><esc>", "overview"],
    ["g<esc>", "overview"],
    ["<esc>", "overview"],
    ["g?<esc>", "slots"],
    ["gsn<esc>", "slots"],
  ];
  for (const [keys, page] of turns) {
    it(`${keys} leads to the page ${page}`, () => expect(press(up, keys).state.page).to.equal(page));
  }

  it("acts on the selected replica on every page", () => {
    for (const page of ["", "g", "i", "n", "c"])
      expect(press(up, `${page}2K`).commands, page).to.deep.equal([{ kind: "kill", replica: 2 }]);
    for (const page of ["", "g", "i", "n"]) expect(press(up, `${page}<down><down>`).state.selected, page).to.equal(2);
  });

  const executed = dashboard(allUp(1, (id, n) => status(id, n, { machine: { lastExecuted: 300 } })));
  const points: readonly [keys: string, cursor: number | null][] = [
    ["g", null],
    ["g<left>", 299],
    ["g<left><left><right>", 299],
    ["g<left><right><right>", null],
    ["g<home>", 45],
    ["g<home><left>", 45],
    ["g<home><end>", null],
    ["c<left>", 299],
    ["<left>", null],
  ];
  for (const [keys, cursor] of points) {
    it(`${keys} points at ${cursor === null ? "the newest slot" : `slot ${cursor}`}`, () =>
      expect(press(executed, keys).state.cursor).to.equal(cursor));
  }

  it("points at nothing while no slot is in use", () => {
    expect(press(up, "g<left><home>").state.cursor).to.equal(null);
  });

  it("scrolls a page that is higher than the screen, and not beyond its end", () => {
    const small = { ...up, size: { columns: 80, rows: 12 } };
    const down = press(small, "i<pgdn>").state.scroll;
    expect(down).to.be.greaterThan(0);
    const end = press(small, "i<pgdn><pgdn><pgdn><pgdn><pgdn>").state.scroll;
    expect(press(small, "i<pgdn><pgdn><pgdn><pgdn><pgdn><pgdn>").state.scroll).to.equal(end);
    expect(press(small, "i<pgdn><pgup><pgup>").state.scroll).to.equal(0);
    expect(press(small, "i<pgdn><down>").state.scroll).to.equal(0);
    expect(press({ ...up, size: { columns: 80, rows: 60 } }, "i<pgdn>").state.scroll).to.equal(0);
  });

  it("says that a replica does not exist", () => {
    expect(press(up, "7").state.cluster.feed.entries.at(-1)?.text).to.equal(
      "replica 7 does not exist; this cluster has replicas 0 to 3",
    );
  });

  const commands: readonly [keys: string, commands: readonly Command[]][] = [
    ["2K", [{ kind: "kill", replica: 2 }]],
    ["1R", [{ kind: "restart", replica: 1 }]],
    ["P", [{ kind: "pause", replica: 0 }]],
    ["q", [{ kind: "quit" }]],
    ["<c-c>", [{ kind: "quit" }]],
    ["s<c-c>", [{ kind: "quit" }]],
    ["?q", [{ kind: "quit" }]],
    ["<c-l>", [{ kind: "redraw" }]],
    ["2L<enter>", [{ kind: "behave", replica: 2, behaviour: "equivocate" }]],
    ["2L<down><enter>", [{ kind: "behave", replica: 2, behaviour: "silent" }]],
    ["2L<up><enter>", [{ kind: "behave", replica: 2, behaviour: null }]],
    ["2L<down><down><down><enter>", [{ kind: "behave", replica: 2, behaviour: null }]],
    ["2L<end><enter>", [{ kind: "behave", replica: 2, behaviour: "wrong-reply" }]],
    ["2L<right><enter>", [{ kind: "behave", replica: 2, behaviour: "wrong-reply" }]],
    ["2L<right><left><enter>", [{ kind: "behave", replica: 2, behaviour: "equivocate" }]],
    ["2L<right><right><enter>", [{ kind: "behave", replica: 2, behaviour: null }]],
    ["2Lsil<enter>", [{ kind: "behave", replica: 2, behaviour: "silent" }]],
    ["2LREPLIES<enter>", [{ kind: "behave", replica: 2, behaviour: "wrong-reply" }]],
    ["2Lhon<enter>", [{ kind: "behave", replica: 2, behaviour: null }]],
    ["2Lq<enter>", [{ kind: "behave", replica: 2, behaviour: "equivocate" }]],
    ["2Lsilly<enter>", []],
    ["2Lsilly<left><right><down><up><back><back><enter>", [{ kind: "behave", replica: 2, behaviour: "silent" }]],
    ["2Lsil<esc><enter>", [{ kind: "behave", replica: 2, behaviour: "silent" }]],
    ["2Lsilly<c-u><down><enter>", [{ kind: "behave", replica: 2, behaviour: "equivocate" }]],
    ["2L<esc>", []],
    ["2Lsil<esc><esc>q", [{ kind: "quit" }]],
    ["sset x 1<enter>", [{ kind: "submit", operation: "set x 1" }]],
    [
      "/get x<enter>get y<enter>",
      [
        { kind: "submit", operation: "get x" },
        { kind: "submit", operation: "get y" },
      ],
    ],
    ["s   <enter>", []],
    ["sK?q<esc>", []],
    ["x", []],
  ];
  for (const [keys, expected] of commands) {
    it(`${keys} asks for ${expected.map(({ kind }) => kind).join(", ") || "nothing"}`, () =>
      expect(press(up, keys).commands).to.deep.equal(expected));
  }

  it("resumes a paused replica", () => {
    expect(press(dashboard([...allUp(), isPaused(0)]), "P").commands).to.deep.equal([{ kind: "resume", replica: 0 }]);
  });

  it("opens the list of lies at the one that is told", () => {
    const lying = dashboard([...allUp(), said(status(1, 4, { behaviour: "silent" }))]);
    expect(press(lying, "1L").state.mode).to.deep.equal({ kind: "behaviours", replica: 1, chosen: 2, filter: "" });
  });

  const typed: readonly [keys: string, text: string, cursor: number][] = [
    ["sset x 12<back>", "set x 1", 7],
    ["sget<left><left>X", "gXet", 2],
    ["sabc<home><back>Z", "Zabc", 1],
    ["sset x 1<c-w>", "set x ", 6],
    ["sset x 1<left><c-u>", "1", 0],
    ["s値<back>a", "a", 1],
    ["sone<enter>two<enter><up>", "two", 3],
    ["sone<enter>two<enter><up><up>", "one", 3],
    ["sone<enter>two<enter><up><up><up>", "one", 3],
    ["sone<enter><up><down>", "", 0],
    ["sone<enter>two<enter>one<enter><up><up>", "two", 3],
  ];
  for (const [keys, text, cursor] of typed) {
    it(`${keys} leaves "${text}"`, () => expect(press(up, keys).state.mode).to.include({ kind: "typing", text, cursor }));
  }

  it("leaves the line with Escape, and with an empty Enter", () => {
    expect(press(up, "sabc<esc>").state.mode.kind).to.equal("watch");
    expect(press(up, "s<enter>").state.mode.kind).to.equal("watch");
  });

  it("shows what is done to a replica while it is done", () => {
    const busy = reduce(up, { kind: "busy", replica: 1, doing: "restarting" }).state;
    expect(busy.busy).to.deep.equal({ 1: "restarting" });
    expect(reduce(busy, { kind: "busy", replica: 1, doing: null }).state.busy).to.deep.equal({});
  });

  it("does not change the state that it is given", () => {
    const frozen = JSON.stringify(up);
    press(up, "2KsL1<enter><esc>Lj<enter>?");
    expect(JSON.stringify(up)).to.equal(frozen);
  });
});
