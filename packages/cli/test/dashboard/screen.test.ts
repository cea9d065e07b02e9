import { expect } from "chai";
import { Screen } from "../../src/dashboard/screen.js";

/** As much of a terminal as the screen uses. */
class Grid {
  columns = 20;
  rows = 5;
  lines: string[] = [];
  alternate = false;
  cursor = true;
  written = "";

  write(text: string): void {
    this.written = text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal reads them
    for (const [part, row, command] of text.matchAll(/\u001b\[(?:(\d+);1H\u001b\[K)?([?\d;]*[a-zA-Z])?([^\u001b]*)/g)) {
      if (command === "?1049h") this.alternate = true;
      if (command === "?1049l") this.alternate = false;
      if (command === "?25h") this.cursor = true;
      if (command === "?25l") this.cursor = false;
      if (command === "2J") this.lines = [];
      if (row !== undefined) this.lines[Number(row) - 1] = part.slice(part.lastIndexOf("\u001b[K") + 3);
    }
  }
}

describe("dashboard/screen", () => {
  it("takes the alternate screen and gives it back, once", () => {
    const grid = new Grid();
    const screen = new Screen(grid);
    screen.enter();
    expect([grid.alternate, grid.cursor]).to.deep.equal([true, false]);
    screen.leave();
    expect([grid.alternate, grid.cursor]).to.deep.equal([false, true]);
    grid.written = "";
    screen.leave();
    expect(grid.written).to.equal("");
  });

  it("draws the rows that changed, and no other", () => {
    const grid = new Grid();
    const screen = new Screen(grid);
    screen.enter();
    screen.draw(["a", "b", "c"]);
    expect(grid.lines).to.deep.equal(["a", "b", "c"]);
    screen.draw(["a", "B", "c"]);
    expect(grid.lines).to.deep.equal(["a", "B", "c"]);
    expect(grid.written).to.contain("\u001b[2;1H").and.not.contain("\u001b[1;1H");
    grid.written = "";
    screen.draw(["a", "B", "c"]);
    expect(grid.written).to.equal("");
  });

  it("leaves nothing of a frame that was higher", () => {
    const grid = new Grid();
    const screen = new Screen(grid);
    screen.enter();
    screen.draw(["a", "b", "c"]);
    screen.draw(["x"]);
    expect(grid.lines).to.deep.equal(["x", "", ""]);
  });

  it("draws all anew after the size changed", () => {
    const grid = new Grid();
    const screen = new Screen(grid);
    screen.enter();
    screen.draw(["a", "b"]);
    screen.clear();
    screen.draw(["a", "b"]);
    expect(grid.lines).to.deep.equal(["a", "b"]);
    grid.lines = ["spoilt", "b"];
    screen.redraw();
    expect(grid.lines).to.deep.equal(["a", "b"]);
  });

  it("writes nothing before it is entered and after it is left", () => {
    const grid = new Grid();
    const screen = new Screen(grid);
    screen.draw(["early"]);
    screen.enter();
    screen.leave();
    grid.written = "";
    screen.draw(["late"]);
    screen.clear();
    expect(grid.written).to.equal("");
  });
});
