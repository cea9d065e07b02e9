import type { ProtocolName } from "@bft/core";

/** What an explanation speaks of, and a paper has a section about. */
export interface Sections {
  /** How many may be faulty, and what a quorum is. */
  readonly model: string;
  /** Whether replicas may lie. */
  readonly lies: string;
  /** What a client is answered, and when it believes it. */
  readonly client: string;
  /** How a number is assigned and what follows until it is executed. */
  readonly order: string;
  /** Executed in order, without gaps. */
  readonly execution: string;
  /** Checkpoints or snapshots, and the window between the water marks. */
  readonly checkpoint: string;
  /** How another one comes to lead. */
  readonly viewChange: string;
  /** When it is asked for another one, and how long that is waited for. */
  readonly patience: string;
  /** How a replica gets what it lacks. */
  readonly retransmission: string;
  /** How it gets a state that is too far ahead. */
  readonly transfer: string;
  /** A replica that has lost what it wrote down. */
  readonly amnesia: string;
}

/** By protocol, of the paper that its map in docs/ names. Empty: the paper has nothing about it. */
export const SECTIONS: Readonly<Record<ProtocolName, Sections>> = {
  pbft: {
    model: "§3",
    lies: "§3",
    client: "§4.1",
    order: "§4.2",
    execution: "§4.2",
    checkpoint: "§4.3",
    viewChange: "§4.4",
    patience: "§4.5.2",
    retransmission: "TOCS '02 §5.2",
    transfer: "TOCS '02 §5.3",
    amnesia: "TOCS '02 §4.3.2",
  },
  multipaxos: {
    model: "§2.1",
    lies: "§2.1",
    client: "§3",
    order: "§2.2",
    execution: "§3",
    checkpoint: "",
    viewChange: "§2.2",
    patience: "§2.4",
    retransmission: "§2.3",
    transfer: "",
    amnesia: "§2.5",
  },
  raft: {
    model: "§5.2",
    lies: "§2",
    client: "§8",
    order: "§5.3",
    execution: "§5.3",
    checkpoint: "§7",
    viewChange: "§5.2",
    patience: "§5.2",
    retransmission: "§5.3",
    transfer: "§7",
    amnesia: "",
  },
};
