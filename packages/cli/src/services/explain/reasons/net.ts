import type { CloseReason, ReceiveRefusal } from "@bft/net";
import { bound, fault, type ReasonTable, timing } from "./reason.js";

/** Ends of a connection that are not counted. */
type Ordinary = "closed-by-peer" | "socket-error" | "closed" | "handshake-closed";

/** What the network counts that is neither a refused frame nor the end of a connection. */
type Counted = "client-rate" | "link-queue-full" | "own-frame-too-large" | "no-such-replica" | "client-not-connected";

/** What the network refuses before any protocol sees it; the papers' model is that of §2: messages are signed, links lose them. */
export const NET_REASONS: ReasonTable<ReceiveRefusal | Exclude<CloseReason, Ordinary> | Counted> = {
  "envelope-truncated": fault("it is shorter than any message"),
  "envelope-version": fault("its sender speaks another version of the protocol"),
  "envelope-role": fault("its sender is neither a replica nor a client"),
  "envelope-payload-length": fault("it announces more than it holds"),
  "envelope-attachment-mark": fault("it does not say whether something is attached"),
  "envelope-trailing-bytes": fault("bytes follow its end"),
  "payload-truncated": fault("it ends in its midst"),
  "payload-trailing-bytes": fault("bytes follow its end"),
  "payload-forbidden-type": fault("it holds a kind of value that no message has"),
  "payload-too-deep": fault("it is nested deeper than any message"),
  "payload-too-many-items": fault("it holds more items than any message"),
  "payload-integer-too-large": fault("it holds a number beyond 2^53"),
  "payload-not-canonical": fault("it is not written in the one way that counts"),
  "payload-bad-utf8": fault("it holds text that is none"),
  "payload-unknown-kind": fault("there is no message of its kind"),
  "payload-bad-shape": fault("it does not have the fields of its kind"),
  "unknown-sender": fault("this cluster knows no such sender", "§2"),
  "foreign-sender": fault("its peer may not speak for its sender", "§2"),
  "signature-invalid": fault("its signature is not its sender's: forged, or damaged on the way", "§2"),
  "handshake-malformed": fault("whoever dialled does not speak this protocol"),
  "handshake-version": fault("whoever dialled speaks another version of the protocol"),
  "handshake-cluster": fault("whoever dialled belongs to another cluster"),
  "handshake-unknown-sender": fault("whoever dialled has a name that this cluster does not know"),
  "handshake-wrong-acceptor": fault("whoever dialled wanted another replica: an address is wrong"),
  "handshake-own-name": fault("whoever dialled says to be this replica itself"),
  "handshake-signature": fault("whoever dialled could not prove who it is", "§2"),
  "handshake-timeout": bound("whoever dialled did not prove in time who it is: it is busy, paused, or a stranger"),
  "frame-too-large": fault("it is larger than any message"),
  "client-not-reading": bound("the client does not read what it is sent, and lost its connection"),
  "connection-replaced": timing("the same peer connected anew: it was started again, or lost its connection"),
  "too-many-bad-messages": fault("its peer sent so many bad messages that the connection was closed"),
  "pending-connections-full": bound("too many connections wait that have not proven who they are"),
  "link-unexpected-frame": fault("a replica wrote on a connection on which it may only read"),
  "client-rate": bound("the client sends faster than it may, and was made to wait"),
  "link-queue-full": bound("too much waits for a replica that does not take it; it will ask for what it lacks"),
  "own-frame-too-large": fault("this replica made a message that is too large to be sent: an error of bft"),
  "no-such-replica": fault("this replica wanted to send to one that does not exist: an error of bft"),
  "client-not-connected": timing("the client had gone before it was answered"),
};
