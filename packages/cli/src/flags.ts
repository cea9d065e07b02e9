import { Args, Flags } from "@oclif/core";
import { misuse } from "./errors.js";
import { parseDuration } from "./view/duration.js";

/** `--timeout 10s`: a time span, in milliseconds. */
export const durationFlag = Flags.custom<number>({
  helpValue: "<time>",
  async parse(text, _context, { name }) {
    const parsed = parseDuration(text);
    if (!parsed.ok) throw misuse(`--${name}: ${parsed.error}`);
    return parsed.ms;
  },
});

/** `--f 2`: a whole number from `min` to `max`. */
export const wholeNumberFlag = Flags.custom<number, { min: number; max: number }>({
  async parse(text, _context, { name, min, max }) {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw misuse(`--${name} is a whole number from ${min} to ${max}, not "${text}"`);
    return value;
  },
});

/** `--metrics 9464`: the first of some ports, ports that are free, or none. */
export const portsFlag = Flags.custom<number | "auto" | "off">({
  helpValue: "<port|auto|off>",
  async parse(text, _context, { name }) {
    if (text === "auto" || text === "off") return text;
    const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(port >= 1024 && port <= 65_535)) throw misuse(`--${name} is a port from 1024 to 65535, auto or off, not "${text}"`);
    return port;
  },
});

/** `--drop 0.1`: a share from 0 (never) to 1 (always). */
export const shareFlag = Flags.custom<number>({
  helpValue: "<0..1>",
  async parse(text, _context, { name }) {
    const value = /^(\d+|\d*\.\d+)$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= 0 && value <= 1)) throw misuse(`--${name} is a share from 0 to 1, such as 0.1, not "${text}"`);
    return value;
  },
});

/** The id of a replica; whether there is such a replica is for the cluster to say. */
export const replicaArg = Args.string({ name: "replica", required: true, description: "id of the replica, such as 0" });
