import type { Chart, ChartMessage } from "../../src/chart/chart.js";

/** What a client may ask for. */
export const HOSTILE = `</script><img src=x onerror=alert(1)>"'&;#end\u2028\u0007-->`;

/** A prepare from the first lane to the second, taken. */
export function message(other: Partial<ChartMessage> = {}): ChartMessage {
  return {
    id: "00",
    from: 0,
    to: 1,
    label: "prepare",
    detail: null,
    phase: "prepare",
    view: 0,
    seq: 1,
    sentRow: 0,
    arrivedRow: 1,
    fate: "taken",
    because: null,
    lying: false,
    ...other,
  };
}

/** Three replicas and two rows of one phase, with nothing in them. */
export function drawnChart(other: Partial<Chart> = {}): Chart {
  const state = { up: true, view: 0, viewChange: null, lastExecuted: 0, behaviour: null, timersFired: 0, slots: [] };
  return {
    version: 1,
    title: "sequence number 1",
    protocol: "pbft",
    replicas: 3,
    faults: 0,
    lanes: [0, 1, 2].map((id) => ({ name: `replica ${id}`, role: "replica", id, primary: id === 0, behaviour: null })),
    rows: [0, 1].map((at) => ({ at, phase: "prepare", seq: 1 })),
    messages: [],
    marks: [],
    bands: [{ name: "prepare", phase: "prepare", seq: 1, from: 0, to: 1 }],
    states: [0, 1, 2].map((replica) => ({ row: -1, replica, state })),
    notes: [],
    ...other,
  };
}
