import { counter, flag, gauge, type Metric, samplesOf } from "./metric.js";

/** What the protocol does. In Multi-Paxos the view is the ballot and the primary the leader, in Raft the term and the leader. */
export const PROTOCOL_METRICS: readonly Metric[] = [
  {
    name: "bft_info",
    type: "gauge",
    help: "Always 1; its labels say what is run",
    labels: ["protocol", "service"],
    samples: ({ status: { protocol, service } }) => [{ labels: { protocol, service }, value: 1 }],
  },
  gauge("bft_view", "View, ballot or term that the replica is in", ({ status }) => status.machine.view),
  flag("bft_primary", "1 while the replica is the primary or leader", ({ status }) => status.machine.isPrimary),
  flag(
    "bft_view_change_active",
    "1 while it wants to move to a later view, or stands for leader",
    ({ status }) => status.machine.viewChange !== null,
  ),
  counter(
    "bft_view_changes_started_total",
    "View changes, ballots or elections that the replica began",
    ({ viewChangesStarted }) => viewChangesStarted,
  ),
  counter("bft_views_entered_total", "Views, ballots or terms that the replica entered", ({ viewsEntered }) => viewsEntered),
  gauge("bft_last_executed", "Sequence number that was executed last", ({ status }) => status.machine.lastExecuted),
  gauge("bft_low_water_mark", "h, the last stable checkpoint", ({ status }) => status.machine.lowWaterMark),
  gauge("bft_high_water_mark", "H, the last sequence number that is accepted", ({ status }) => status.machine.highWaterMark),
  gauge("bft_queued_requests", "Client requests known and not executed", ({ status }) => status.machine.queued),
  gauge(
    "bft_slots_in_flight",
    "Slots, of the latest 32, that were proposed and are not executed",
    ({ status }) => status.machine.slots.filter(({ prePrepared, executed }) => prePrepared && !executed).length,
  ),
  counter("bft_operations_executed_total", "Client operations executed", ({ status }) => status.operationsExecuted),
  flag(
    "bft_abstaining",
    "1 while the replica does not vote, because it lost what it wrote down",
    ({ status }) => status.machine.abstaining !== null,
  ),
  flag(
    "bft_state_transfer_active",
    "1 while the replica fetches the state from others",
    ({ status }) => status.machine.transfer !== null,
  ),
  {
    name: "bft_retained",
    type: "gauge",
    help: "How much the replica keeps in memory, by what it is; each within a bound",
    labels: ["what"],
    samples: ({ status }) => samplesOf("what", { ...status.machine.retained }),
  },
];

/** Who lies, and what is known of it. */
export const LIE_METRICS: readonly Metric[] = [
  {
    name: "bft_behaviour_info",
    type: "gauge",
    help: "Always 1; the label names the Byzantine behaviour that is on, or none",
    labels: ["behaviour"],
    samples: ({ status }) => [{ labels: { behaviour: status.behaviour ?? "none" }, value: 1 }],
  },
  counter("bft_lies_told_total", "How often the behaviour changed what was sent", ({ status }) => status.liesTold),
  counter(
    "bft_evidence_found_total",
    "Pairs of messages found that no correct replica signs",
    ({ evidenceFound }) => evidenceFound,
  ),
  {
    name: "bft_convicted",
    type: "gauge",
    help: "1 when the replica holds a proof against the accused one",
    labels: ["accused"],
    samples: ({ status: { convicted, id, links } }) =>
      [id, ...links.map(({ replica }) => replica)]
        .sort((a, b) => a - b)
        .map((accused) => ({ labels: { accused: String(accused) }, value: Number(convicted.includes(accused)) })),
  },
];
