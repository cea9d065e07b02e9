import type { ReplicaStatus } from "../admin-protocol.js";
import { counter, gauge, type Metric, type Observed, type Sample, samplesOf } from "./metric.js";

/** What comes in, what goes out, and what was of no use. */
export const NETWORK_METRICS: readonly Metric[] = [
  counter("bft_messages_received_total", "Messages that arrived", ({ status }) => status.messagesIn),
  counter("bft_messages_sent_total", "Messages that were sent, one for each receiver", ({ status }) => status.messagesOut),
  counter("bft_received_bytes_total", "Bytes that arrived", ({ status }) => status.bytesIn),
  counter("bft_sent_bytes_total", "Bytes that were sent", ({ status }) => status.bytesOut),
  {
    name: "bft_refused_total",
    type: "counter",
    help: "What was refused by reason: it speaks against a peer, or shows a limit at work",
    labels: ["reason"],
    samples: ({ status }) => samplesOf("reason", status.refused),
  },
  {
    name: "bft_dropped_total",
    type: "counter",
    help: "Well-formed messages that the protocol had no use for, by reason; ordinary in any cluster",
    labels: ["reason"],
    samples: ({ status }) => samplesOf("reason", status.dropped),
  },
  {
    name: "bft_peer_rejections_total",
    type: "counter",
    help: "Refused and dropped together, by the peer on whose connection it came",
    labels: ["peer"],
    samples: ({ status }) => samplesOf("peer", rejectionsByPeer(status)),
  },
  gauge("bft_clients_connected", "Clients that are connected", ({ status }) => status.clientsConnected),
  link("bft_link_up", "1 while the link on which messages go to the peer is connected", ({ connected }) => Number(connected)),
  link("bft_link_queued_bytes", "Bytes that wait for the link to the peer", ({ queuedBytes }) => queuedBytes),
  link("bft_link_faulty", "1 while a fault was put on the link to the peer", ({ fault }) => Number(fault !== null)),
  {
    name: "bft_link_faults_total",
    type: "counter",
    help: "What faults did to frames on the link to the peer: cut, dropped, delayed, …",
    labels: ["peer", "fault"],
    samples: ({ status }) =>
      status.links.flatMap(({ replica, faultCounts }) =>
        Object.entries(faultCounts).map(([fault, value]) => ({ labels: { peer: peerOf(replica), fault }, value })),
      ),
  },
];

function link(name: string, help: string, read: (link: ReplicaStatus["links"][number]) => number): Metric {
  const samples = ({ status }: Observed): readonly Sample[] =>
    status.links.map((each) => ({ labels: { peer: peerOf(each.replica) }, value: read(each) }));
  return { name, type: "gauge", help, labels: ["peer"], samples };
}

function peerOf(replica: number): string {
  return `replica ${replica}`;
}

/** Clients come and go by the hundred: they are counted together, so that the number of series is bounded by that of replicas. */
function rejectionsByPeer({ againstPeers }: ReplicaStatus): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const [peer, reasons] of Object.entries(againstPeers)) {
    const key = peer.startsWith("client ") ? "clients" : peer;
    totals[key] = Object.values(reasons).reduce((sum, count) => sum + count, totals[key] ?? 0);
  }
  return totals;
}
