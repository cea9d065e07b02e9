/**
 * What moves the page through time. It reads the chart from the page, makes text nodes only, and asks for nothing from outside. Kept as
 * text, since it runs in the reader's browser and nowhere else.
 */
export const PAGE_SCRIPT = `"use strict";
(() => {
  const chart = JSON.parse(document.getElementById("chart").textContent);
  const range = document.getElementById("moment");
  const play = document.getElementById("play");
  const where = document.getElementById("where");
  const body = document.getElementById("states");
  const happened = document.getElementById("happened");
  const svg = document.querySelector("svg.chart");
  const cursor = document.getElementById("cursor");
  const parts = [...svg.querySelectorAll("[data-row]")];
  const columns = JSON.parse(document.getElementById("columns").textContent);
  const last = chart.rows.length - 1;
  let timer = null;
  let moved = false;

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const ids = (list) => (list.length === 0 ? "none" : list.join(", "));
  const told = (value) => (value === null ? "not told" : String(value));

  function stateAt(replica, row) {
    let found = null;
    for (const change of chart.states) if (change.replica === replica && change.row <= row) found = change;
    return found;
  }
  function slotText(slot) {
    const votes = chart.protocol === "pbft" ? "prepares " + ids(slot.prepares) + "; commits " + ids(slot.commits) : "known to have it " + ids(slot.commits);
    return slot.seq + " " + slot.phase + " (" + votes + ")";
  }
  function rowOf(lane, row) {
    const found = stateAt(lane.id, row);
    const state = found.state;
    const line = document.createElement("tr");
    line.dataset.replica = lane.id;
    if (found.row === row) line.className = "changed";
    const head = element("th", lane.name, state.behaviour === null ? "" : "bad");
    head.scope = "row";
    const cells = [
      [state.up === null ? "not told" : state.up ? "up" : "down", state.up === false ? "bad" : ""],
      [told(state.view)],
      [state.viewChange === null ? "no" : "to " + state.viewChange],
      [told(state.lastExecuted)],
      [state.slots.length === 0 ? "none" : state.slots.map(slotText).join("\\n")],
      [String(state.timersFired)],
      [state.behaviour === null ? "honest" : "lies: " + state.behaviour, state.behaviour === null ? "" : "bad"],
    ];
    line.append(head, ...cells.map(([text, kind]) => element("td", text, kind)));
    return line;
  }
  function sentences(row) {
    const name = (lane) => (lane === null ? "" : chart.lanes[lane].name + " ");
    const sent = new Map();
    for (const message of chart.messages) {
      if (message.sentRow !== row) continue;
      const key = [message.label, message.from, message.seq, message.detail].join("|");
      if (!sent.has(key)) sent.set(key, { message, to: [] });
      sent.get(key).to.push(chart.lanes[message.to].name);
    }
    const list = [...sent.values()].map(({ message, to }) => {
      const seq = message.seq === null ? "" : " " + message.seq;
      const detail = message.detail === null ? "" : " (" + message.detail + ")";
      return name(message.from) + "sends " + message.label + seq + detail + " to " + to.join(", ") + (message.lying ? ": a lie" : "");
    });
    for (const message of chart.messages) {
      if (message.arrivedRow !== row || message.fate === "unknown") continue;
      const what = message.label + " of " + chart.lanes[message.from].name;
      list.push(name(message.to) + (message.fate === "taken" ? "takes " + what : "drops " + what + ": " + message.because));
    }
    for (const mark of chart.marks) if (mark.row === row) list.push(name(mark.lane) + mark.text);
    return list;
  }
  function show() {
    const row = Number(range.value);
    const about = chart.rows[row];
    const phase = about.phase === null ? "" : ", " + about.phase;
    where.textContent = "moment " + (row + 1) + " of " + (last + 1) + phase + ", " + about.at.toFixed(1) + " ms";
    range.setAttribute("aria-valuetext", where.textContent);
    for (const part of parts) part.classList.toggle("future", Number(part.dataset.row) > row);
    cursor.setAttribute("x1", columns[row]);
    cursor.setAttribute("x2", columns[row]);
    body.replaceChildren(...chart.lanes.filter((lane) => lane.role === "replica").map((lane) => rowOf(lane, row)));
    happened.replaceChildren(...sentences(row).map((text) => element("li", text)));
    const frame = svg.parentElement;
    const x = columns[row];
    // At first the beginning is shown, with the names.
    if (moved && (x < frame.scrollLeft + 160 || x > frame.scrollLeft + frame.clientWidth - 60)) frame.scrollLeft = x - frame.clientWidth / 2;
  }
  function go(row) {
    range.value = String(Math.max(0, Math.min(last, row)));
    show();
    moved = true;
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  }
  function toggle() {
    if (timer !== null) return stop();
    if (Number(range.value) === last) go(0);
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
    timer = setInterval(() => {
      go(Number(range.value) + 1);
      if (Number(range.value) === last) stop();
    }, 700);
  }
  range.addEventListener("input", () => { stop(); go(Number(range.value)); });
  play.addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const row = Number(range.value);
    const moves = { ArrowLeft: row - 1, ArrowRight: row + 1, Home: 0, End: last };
    if (event.key in moves) {
      // The slider would move by itself, and then twice.
      event.preventDefault();
      stop();
      go(moves[event.key]);
    } else if (event.key === " " && event.target !== play) {
      event.preventDefault();
      toggle();
    }
  });
  range.max = String(last);
  go(last);
})();
`;
