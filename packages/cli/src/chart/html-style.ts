/** Colours are set anew for dark screens; in the picture they win over its own, which are for paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1c2530; --faint: #5d6975; --paper: #ffffff; --line: #c9d1d9; --now: #fff3c4; --alarm: #c2131b; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem 1.25rem 3rem; max-width: 90rem; font: 15px/1.45 Helvetica, Arial, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.3rem; margin: 0 0 .25rem; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .25rem 0; }
.faint { color: var(--faint); }
figure { margin: 1rem 0; overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
svg { display: block; }
.controls { display: flex; gap: .75rem; align-items: center; flex-wrap: wrap; position: sticky; bottom: 0; background: var(--paper); padding: .5rem 0; border-top: 1px solid var(--line); }
.controls input { flex: 1 1 20rem; min-width: 12rem; }
button { font: inherit; padding: .25rem .8rem; min-width: 5rem; }
output { min-width: 14rem; font-variant-numeric: tabular-nums; }
:focus-visible { outline: 3px solid #0a84d0; outline-offset: 2px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; min-width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; white-space: pre-line; }
tr.changed td, tr.changed th { background: var(--now); }
td.bad, th.bad { color: var(--alarm); }
ul { margin: .25rem 0; padding-left: 1.2rem; min-height: 3rem; }
.chart .title { display: none; }
.chart .future { opacity: .12; }
.chart #cursor { stroke: #d08700; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ebf0; --faint: #a3afba; --paper: #12171d; --line: #37414b; --now: #3d3410; --alarm: #ff7b72; }
  .chart .paper { fill: #12171d; }
  .chart text { fill: #e6ebf0; }
  .chart text.alarm { fill: #ff7b72; }
  .chart text.faint { fill: #a3afba; }
  .chart .legend polygon.head { fill: #b9c4ce; }
  .chart text.label { stroke: #12171d; }
  .chart .lane, .chart .line { stroke: #b9c4ce; }
  .chart .ink, .chart .ink polygon { fill: #e6ebf0; stroke: #e6ebf0; }
  .chart .hollow, .chart .hollow polygon { fill: #12171d; stroke: #e6ebf0; }
  .chart .message line, .chart .message polyline { stroke: #9fb2c4; }
  .chart .message polygon { fill: #9fb2c4; }
  .chart .pre-prepare line, .chart .accept line, .chart .new-view line, .chart .pre-prepare polyline, .chart .accept polyline { stroke: #58a6ff; }
  .chart .pre-prepare polygon, .chart .accept polygon, .chart .new-view polygon { fill: #58a6ff; }
  .chart .prepare line, .chart .accepted line, .chart .promise line, .chart .prepare polyline, .chart .accepted polyline { stroke: #3fcf9f; }
  .chart .prepare polygon, .chart .accepted polygon, .chart .promise polygon { fill: #3fcf9f; }
  .chart .commit line, .chart .chosen line, .chart .commit polyline, .chart .chosen polyline { stroke: #f0a850; }
  .chart .commit polygon, .chart .chosen polygon { fill: #f0a850; }
  .chart .reply line { stroke: #c3a6ff; }
  .chart .reply polygon { fill: #c3a6ff; }
  .chart .view-change line, .chart .candidate line { stroke: #f288c0; }
  .chart .view-change polygon, .chart .candidate polygon { fill: #f288c0; }
  .chart .bad line, .chart .bad polyline, .chart .bad path, .chart .lane.bad { stroke: #ff7b72; }
  .chart .bad polygon { fill: #ff7b72; }
  .chart .band rect { opacity: .18; }
}
@media print { .controls { display: none; } .chart .title { display: none; }
.chart .future { opacity: 1; } .chart #cursor { display: none; } }
`;
