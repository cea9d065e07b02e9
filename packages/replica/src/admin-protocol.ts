import type { MachineStatus } from "@bft/core";
import type { LinkFault, LinkFaultCounts, LinkImpairment } from "@bft/net";

/**
 * What is spoken on a replica's admin socket (a unix domain socket in its folder, readable by the owner only):
 * one JSON object a line, at most `ADMIN_LINE_BYTES_MAX` bytes. A request carries a number that its answer repeats;
 * `watch` keeps answering until the connection is closed.
 */
export const ADMIN_LINE_BYTES_MAX = 1 << 20;

export type AdminRequest =
  | { readonly request: number; readonly command: "status" }
  /** Answers with a status at once and then every `intervalMs` (50 to 10,000), each with the events since the last. */
  | { readonly request: number; readonly command: "watch"; readonly intervalMs: number }
  /** Switches on a Byzantine behaviour by name, or back to honest with null. `accomplices` share a plan with this replica. */
  | {
      readonly request: number;
      readonly command: "behave";
      readonly behaviour: string | null;
      readonly accomplices: readonly number[];
    }
  /** Changes what is wrong with the links on which this replica sends. */
  | { readonly request: number; readonly command: "link"; readonly change: LinkChange }
  /** Ends the process in order: sockets closed, log flushed. */
  | { readonly request: number; readonly command: "shutdown" };

/** `towards`: the replicas at the other ends. */
export type LinkChange =
  /** These links are cut and all others are not; what else is wrong with a link stays. */
  | { readonly kind: "cut"; readonly towards: readonly number[] }
  /** These links do this to what they carry, in place of what they did; a cut stays. */
  | { readonly kind: "impair"; readonly towards: readonly number[]; readonly impairment: LinkImpairment }
  /** Nothing is wrong with these links any more. */
  | { readonly kind: "clear"; readonly towards: readonly number[] };

/** One outgoing link. */
export interface ReplicaLink {
  /** The replica at the other end. */
  readonly replica: number;
  readonly connected: boolean;
  readonly queuedBytes: number;
  /** The fault that was put on it, or null; what it really did is in `faultCounts`, which stay when the fault goes. */
  readonly fault: LinkFault | null;
  readonly faultCounts: LinkFaultCounts;
}

export type AdminAnswer =
  | { readonly request: number; readonly ok: true; readonly status: ReplicaStatus; readonly events: readonly ReplicaEvent[] }
  | { readonly request: number; readonly ok: true }
  /** `error` is one sentence for a person. */
  | { readonly request: number; readonly ok: false; readonly error: string };

/** One replica as it sees itself. Counters grow from 0 since the process started. */
export interface ReplicaStatus {
  readonly id: number;
  readonly pid: number;
  readonly protocol: string;
  readonly service: string;
  /** Byzantine behaviour that is switched on, or null for an honest replica. */
  readonly behaviour: string | null;
  readonly uptimeMs: number;
  /** Of the whole process, and of it what JavaScript objects take, garbage included. */
  readonly memory: { readonly residentBytes: number; readonly heapUsedBytes: number };
  /** Processor time that the process took, milliseconds: its own and the system's for it. */
  readonly cpuMs: number;
  /** For how long records were on their way to the disk, milliseconds. */
  readonly diskMs: number;
  /** How often it signed, and checked a signature. */
  readonly signatures: { readonly made: number; readonly checked: number };
  readonly machine: MachineStatus;
  /** Outgoing links to the other replicas, in order of id. */
  readonly links: readonly ReplicaLink[];
  readonly clientsConnected: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** How often something was refused, by reason: `signature-invalid`, `frame-too-large`, … */
  readonly refused: Readonly<Record<string, number>>;
  /** How often the protocol had no use for a well-formed message, by reason (`DropReason` of @bft/core); ordinary in any cluster. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Both together, by the peer on whose connection it came (`replica 2`, `client 0`) and reason. */
  readonly againstPeers: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The machine's timers that run now. */
  readonly timers: readonly { readonly timer: string; readonly dueInMs: number }[];
  /** Replicas against which this one holds a proof (docs/evidence.md). */
  readonly convicted: readonly number[];
  /** Where its metrics are served, or null. */
  readonly metrics: string | null;
  /** Client operations executed. */
  readonly operationsExecuted: number;
  /** How often the behaviour that is on really changed what was sent. */
  readonly liesTold: number;
}

/** Something a person wants to read in the feed. `atMs` is this replica's wall clock, for display only. */
export interface ReplicaEvent {
  readonly atMs: number;
  readonly event:
    | {
        readonly kind: "executed";
        readonly seq: number;
        readonly view: number;
        readonly operations: number;
        readonly first: string;
      }
    | { readonly kind: "checkpoint-stable"; readonly seq: number }
    | { readonly kind: "view-change-started"; readonly view: number; readonly because: string }
    | { readonly kind: "view-entered"; readonly view: number; readonly primary: number }
    | { readonly kind: "evidence"; readonly accused: number; readonly message: string; readonly seq: number | null }
    | { readonly kind: "link"; readonly replica: number; readonly up: boolean }
    | { readonly kind: "behaviour"; readonly behaviour: string | null }
    /** From now on this is wrong with the links to these replicas, or nothing any more. */
    | { readonly kind: "link-fault"; readonly replicas: readonly number[]; readonly fault: LinkFault | null }
    | { readonly kind: "abstaining"; readonly until: number | null }
    | { readonly kind: "votes-again"; readonly seq: number }
    /** What this replica had on its disk could not be used; one sentence. */
    | { readonly kind: "damaged"; readonly why: string }
    | { readonly kind: "refused"; readonly from: string; readonly reason: string; readonly count: number };
}
