import { expect } from "chai";
import { page } from "../../bench/page.js";
import { row, type Section } from "../../bench/report.js";

const section = (title: string, value: number): Section => ({ title, about: "why", rows: [row("it", value, "ms")] });
const shown = (text: string) =>
  text.split("\n").filter((line) => line.startsWith("# ") || line.startsWith("## ") || line.startsWith("| it"));

describe("the page of performance", () => {
  const first = page(null, "1 core", [section("A", 1), section("B", 2)]);

  it("has a section for each benchmark", () => {
    expect(shown(first)).to.deep.equal(["# Performance", "## A", "| it | 1 ms |  |  |", "## B", "| it | 2 ms |  |  |"]);
  });

  it("has new sections in the place of those of the same name, the others as they were, and those that are new at its end", () => {
    const second = page(first, "2 cores", [section("C", 3), section("A", 4)]);
    expect(shown(second)).to.deep.equal([
      "# Performance",
      "## A",
      "| it | 4 ms |  |  |",
      "## B",
      "| it | 2 ms |  |  |",
      "## C",
      "| it | 3 ms |  |  |",
    ]);
    expect(second).to.contain("2 cores").and.not.contain("1 core;");
  });

  it("is the same when the same is written again", () => {
    expect(page(first, "1 core", [section("B", 2)])).to.equal(first);
  });
});
