import { glyphs } from "../../view/glyphs.js";
import { type Line, lineWidth, span } from "../../view/line.js";
import { type Page, pages, pageTitles } from "../pages.js";
import type { DashboardState } from "../state.js";

/** The names of the pages on a rule, the present one marked, and the key that turns them. */
export function tabsLine({ page, selected }: DashboardState, columns: number): Line {
  const title = (each: Page) => (each === "replica" ? `replica ${selected}` : pageTitles[each]);
  const tabs = pages.flatMap(
    (each): Line => [span(glyphs.rule, "dim"), span(` ${title(each)} `, each === page ? "chosen" : "dim")],
  );
  const key: Line = [span(" Tab turns the page ", "dim"), span(glyphs.rule.repeat(2), "dim")];
  const fill = Math.max(0, columns - lineWidth(tabs) - lineWidth(key) - 1);
  return [span(glyphs.rule, "dim"), ...tabs, span(glyphs.rule.repeat(fill), "dim"), ...key];
}
