import { expect } from "chai";
import { cleanup, render } from "ink-testing-library";
import { Dashboard } from "../../src/dashboard/Dashboard.js";
import type { Command } from "../../src/dashboard/state.js";
import { DashboardStore } from "../../src/dashboard/store.js";
import { painter } from "../../src/view/paint.js";
import { allUp, dashboard, isDown, START_MS, screenOf } from "../support/fixtures.js";

/** React draws what a store tells it right after the turn in which it was told. */
async function drawn(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}

class Frames {
  readonly all: (readonly string[])[] = [];

  draw(lines: readonly string[]): void {
    this.all.push(lines);
  }

  get last(): readonly string[] {
    return this.all.at(-1) ?? [];
  }
}

describe("dashboard/Dashboard", () => {
  afterEach(cleanup);

  function open() {
    const commands: Command[] = [];
    const frames = new Frames();
    const state = dashboard(allUp(), { columns: 100, rows: 24 });
    const store = new DashboardStore(state, painter("text"), (command) => commands.push(command));
    const { stdin, lastFrame, unmount } = render(<Dashboard store={store} surface={frames} />);
    return { store, commands, frames, stdin, lastFrame, unmount };
  }

  it("shows the store's frame, and leaves nothing for Ink to draw", () => {
    const { store, frames, lastFrame } = open();
    expect(frames.last).to.deep.equal(screenOf(store.state));
    expect(lastFrame()).to.equal("");
  });

  it("hands keys to the store, also those that come as one string, and shows what they change", async () => {
    const { store, commands, frames, stdin } = open();
    stdin.write("jjK");
    expect(commands).to.deep.equal([{ kind: "kill", replica: 2 }]);
    await drawn();
    expect(frames.last).to.deep.equal(screenOf(store.state));
    stdin.write("s");
    stdin.write("set x 1");
    await drawn();
    expect(frames.last.at(-1)).to.contain(" submit> set x 1");
    stdin.write("\r");
    expect(commands.at(-1)).to.deep.equal({ kind: "submit", operation: "set x 1" });
  });

  it("draws when it is flushed, and only when something changed", async () => {
    const { store, frames } = open();
    const before = frames.all.length;
    store.dispatch(isDown(3));
    await drawn();
    expect(frames.all).to.have.length(before);
    store.flush();
    await drawn();
    expect(frames.all).to.have.length(before + 1);
    expect(frames.last.join("\n")).to.contain("○ down");
    store.dispatch({ kind: "tick", atMs: START_MS + 10 });
    store.flush();
    await drawn();
    expect(frames.all).to.have.length(before + 1);
  });

  it("hears nothing any more once it is gone", async () => {
    const { store, commands, frames, stdin, unmount } = open();
    unmount();
    const before = frames.all.length;
    stdin.write("q");
    store.dispatch(isDown(1));
    store.flush();
    await drawn();
    expect(commands).to.deep.equal([]);
    expect(frames.all).to.have.length(before);
  });
});
