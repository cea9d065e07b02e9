/** What fills the screen, in the order in which Tab goes through it. */
export const pages = ["overview", "slots", "replica", "links", "chart"] as const;

export type Page = (typeof pages)[number];

/** The page after this one, or before it; the last is followed by the first. */
export function pageBeside(page: Page, step: 1 | -1): Page {
  return pages[(pages.indexOf(page) + step + pages.length) % pages.length] ?? "overview";
}

/** The letters that open a page. */
export const pageKeys: Readonly<Record<Page, string>> = {
  overview: "o",
  slots: "g",
  replica: "i",
  links: "n",
  chart: "c",
};

/** What the pages are called, most of them by what they show. */
export const pageTitles: Readonly<Record<Page, string>> = {
  overview: "overview",
  slots: "slot grid",
  replica: "replica",
  links: "links",
  chart: "chart",
};
