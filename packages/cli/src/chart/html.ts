import { createHash } from "node:crypto";
import { wordsOf } from "../view/protocol-words.js";
import type { Chart } from "./chart.js";
import { PAGE_SCRIPT } from "./html-script.js";
import { PAGE_STYLE } from "./html-style.js";
import { chartSvg } from "./svg.js";
import { layoutOf } from "./svg-layout.js";
import { tag, xmlText } from "./svg-parts.js";

/**
 * The chart as one page that needs nothing else: its picture, a slider through its moments, and how each replica stands at each. Texts of
 * a trace are hostile: they stand in it as data of which only text is made, and its policy lets no script run but its own.
 */
export function chartHtml(chart: Chart): string {
  const layout = layoutOf(chart);
  const columns = chart.rows.map((_, row) => Math.round(layout.x(row) * 100) / 100);
  const policy = `default-src 'none'; script-src '${digest(PAGE_SCRIPT)}'; style-src '${digest(PAGE_STYLE)}'; base-uri 'none'; form-action 'none'`;
  const { view } = wordsOf(chart.protocol);
  const head = [
    "Replica",
    "Process",
    capital(view),
    `On its way to another ${view}`,
    "Last executed",
    "Slots",
    "Timers fired",
    "Honest",
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${xmlText(chart.title)}: message sequence chart</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<h1>${xmlText(capital(chart.title))}</h1>
<p class="faint">Time runs from left to right, in causal order: a message is sent before it arrives. Move through it with the slider or the
arrow keys, Home and End; the space bar plays it. Point at an arrow or a sign to read what it is.</p>
<figure tabindex="0" aria-label="The chart; wider than the page, it scrolls">${withCursor(chartSvg(chart), layout.top - 8, layout.bottom - 16)}</figure>
<div class="controls">
<button id="play" type="button" aria-pressed="false">Play</button>
<input id="moment" type="range" min="0" max="${Math.max(0, chart.rows.length - 1)}" value="0" step="1" aria-label="Moment of the chart">
<output id="where" for="moment"></output>
</div>
<h2 id="states-title">Each replica at this moment</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="states-title"><table>
<thead><tr>${head.map((each) => `<th scope="col">${xmlText(each)}</th>`).join("")}</tr></thead>
<tbody id="states"></tbody>
</table></div>
<h2>What happens at this moment</h2>
<ul id="happened" aria-live="polite"></ul>
<script type="application/json" id="chart">${jsonInHtml(chart)}</script>
<script type="application/json" id="columns">${jsonInHtml(columns)}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

/** JSON that a page holds as it is: nothing in it can end its element, begin a comment, or break a line of JavaScript. */
function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function withCursor(svg: string, y1: number, y2: number): string {
  return svg.trimEnd().replace(/<\/svg>$/, `${tag("line", { id: "cursor", x1: 0, x2: 0, y1, y2 })}</svg>`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
