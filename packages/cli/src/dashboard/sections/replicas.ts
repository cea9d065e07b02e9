import { glyphs } from "../../view/glyphs.js";
import { type Line, span } from "../../view/line.js";
import { columns as all, columnsFor, type ReplicaColumn } from "../../view/replica-cells.js";
import { columnsThatFit, headLine, rowLine } from "../../view/table.js";
import type { ClusterModel } from "../../watch/model.js";
import { firstShown } from "../layout.js";
import type { DashboardState } from "../state.js";

/** In their order on the screen; on 80 columns the last ones are left out. */
const wanted: readonly ReplicaColumn[] = [
  all.id,
  all.state,
  all.view,
  all.executed,
  all.stable,
  all.high,
  all.queue,
  all.messageRate,
  all.links,
  all.operationRate,
  all.refused,
  all.clients,
  all.behaviour,
  all.memory,
  all.pid,
];

const MARK = 2;

function fitting({ facts, replicas }: ClusterModel, columns: number): readonly ReplicaColumn[] {
  return columnsThatFit(columnsFor(wanted, replicas, facts.protocol), columns - MARK);
}

export function replicasHead(cluster: ClusterModel, columns: number): Line {
  return [span(" ".repeat(MARK)), ...headLine(fitting(cluster, columns))];
}

/** One row a replica, `rows` of them around the selected one. */
export function replicaLines({ cluster, selected, busy }: DashboardState, columns: number, rows: number): Line[] {
  const shown = fitting(cluster, columns);
  const first = firstShown(cluster.replicas.length, rows, selected);
  return cluster.replicas.slice(first, first + rows).map((replica) => {
    const doing = busy[replica.id];
    const cells = shown.map((column) => {
      if (column.title === all.state.title && doing !== undefined) return span(`${glyphs.busy} ${doing}`, "warn");
      return column.cell(replica);
    });
    const mark = replica.id === selected ? span(glyphs.chosen.padEnd(MARK), "strong") : span(" ".repeat(MARK));
    return [mark, ...rowLine(shown, cells)];
  });
}
