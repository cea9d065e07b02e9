import type { Line } from "../../view/line.js";
import type { DashboardState } from "../state.js";
import { chartPageLines } from "./chart-page.js";
import { linksPageLines } from "./links-page.js";
import { replicaPageLines } from "./replica-page.js";

/** The whole of a page that scrolls when it is higher than the screen; nothing for those that fit themselves to it. */
export function pageLines(state: DashboardState, columns: number): Line[] {
  switch (state.page) {
    case "overview":
    case "slots":
      return [];
    case "replica":
      return replicaPageLines(state, columns);
    case "links":
      return linksPageLines(state, columns);
    case "chart":
      return chartPageLines(state, columns);
  }
}
