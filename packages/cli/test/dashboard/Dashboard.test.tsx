import { expect } from "chai";
import { cleanup, render } from "ink-testing-library";
import { Dashboard, FrameView } from "../../src/dashboard/Dashboard.js";
import type { Command } from "../../src/dashboard/state.js";
import { DashboardStore } from "../../src/dashboard/store.js";
import { painter } from "../../src/view/paint.js";
import { allUp, dashboard, isDown, START_MS, screenOf } from "../support/fixtures.js";

/** What `render` shows, without the spaces at the ends of rows, which Ink leaves out. */
function rowsOf(frame: string | undefined): string[] {
  return (frame ?? "").split("\n");
}

function trimmed(rows: readonly string[]): string[] {
  return rows.map((row) => row.trimEnd());
}

/** React draws what a store tells it right after the turn in which it was told. */
async function drawn(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}

describe("dashboard/Dashboard", () => {
  afterEach(cleanup);

  function open() {
    const commands: Command[] = [];
    const store = new DashboardStore(dashboard(allUp(), { columns: 100, rows: 24 }), painter(false), (command) =>
      commands.push(command),
    );
    return { store, commands, view: render(<Dashboard store={store} />) };
  }

  it("shows the store's frame, row by row", () => {
    const { store, view } = open();
    expect(trimmed(rowsOf(view.lastFrame()))).to.deep.equal(trimmed(screenOf(store.state)));
  });

  it("hands keys to the store, also those that come as one string, and shows what they change", async () => {
    const { store, commands, view } = open();
    view.stdin.write("jjK");
    expect(commands).to.deep.equal([{ kind: "kill", replica: 2 }]);
    await drawn();
    expect(trimmed(rowsOf(view.lastFrame()))).to.deep.equal(trimmed(screenOf(store.state)));
    view.stdin.write("s");
    view.stdin.write("set x 1");
    await drawn();
    expect(view.lastFrame()).to.contain(" submit> set x 1");
    view.stdin.write("\r");
    expect(commands.at(-1)).to.deep.equal({ kind: "submit", operation: "set x 1" });
  });

  it("draws when it is flushed, and only when something changed", async () => {
    const { store, view } = open();
    const frames = view.frames.length;
    store.dispatch(isDown(3));
    await drawn();
    expect(view.frames).to.have.length(frames);
    store.flush();
    await drawn();
    expect(view.lastFrame()).to.contain("○ down");
    const before = view.frames.length;
    store.dispatch({ kind: "tick", atMs: START_MS + 10 });
    store.flush();
    await drawn();
    expect(view.frames).to.have.length(before);
  });

  it("keeps the colours that it is given, and the empty rows", () => {
    const view = render(<FrameView frame={{ columns: 20, lines: ["\u001b[32mgreen\u001b[39m", "", "end"] }} />);
    expect(view.lastFrame()).to.equal("\u001b[32mgreen\u001b[39m\n\nend");
  });
});
