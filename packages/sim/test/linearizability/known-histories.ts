import type { Line } from "./support.js";

/** A known history, and what must be said of it. */
export type Case = readonly [title: string, expected: "linearizable" | "violated", lines: readonly Line[]];

export const KV: readonly Case[] = [
  ["nothing at all", "linearizable", []],
  [
    "a read of what was written",
    "linearizable",
    [
      [0, 1, 2, "set x 1 -> ok"],
      [1, 3, 4, "get x -> 1"],
    ],
  ],
  [
    "a stale read",
    "violated",
    [
      [0, 1, 2, "set x 1 -> ok"],
      [0, 3, 4, "set x 2 -> ok"],
      [1, 5, 6, "get x -> 1"],
    ],
  ],
  [
    "a lost write",
    "violated",
    [
      [0, 1, 2, "set x 1 -> ok"],
      [1, 3, 4, "get x -> -"],
    ],
  ],
  [
    "a value that nobody wrote",
    "violated",
    [
      [0, 1, 2, "set x 1 -> ok"],
      [1, 3, 4, "get x -> 7"],
    ],
  ],
  [
    "a value from the future",
    "violated",
    [
      [0, 1, 2, "get x -> 1"],
      [1, 3, 4, "set x 1 -> ok"],
    ],
  ],
  [
    "a concurrent read sees the old value",
    "linearizable",
    [
      [0, 1, 4, "set x 1 -> ok"],
      [1, 2, 3, "get x -> -"],
    ],
  ],
  [
    "a concurrent read sees the new value",
    "linearizable",
    [
      [0, 1, 4, "set x 1 -> ok"],
      [1, 2, 3, "get x -> 1"],
    ],
  ],
  [
    "two reads going back, while the write is under way",
    "violated",
    [
      [0, 1, 9, "set x 1 -> ok"],
      [1, 2, 3, "get x -> 1"],
      [2, 4, 5, "get x -> -"],
    ],
  ],
  [
    "two concurrent reads that differ",
    "linearizable",
    [
      [0, 1, 9, "set x 1 -> ok"],
      [1, 2, 5, "get x -> 1"],
      [2, 3, 4, "get x -> -"],
    ],
  ],
  [
    "two writes under way, seen in two orders",
    "violated",
    [
      [0, 1, 9, "set x 1 -> ok"],
      [1, 1, 9, "set x 2 -> ok"],
      [2, 2, 3, "get x -> 1"],
      [2, 4, 5, "get x -> 2"],
      [2, 6, 7, "get x -> 1"],
    ],
  ],
  [
    "equal times count as concurrent",
    "linearizable",
    [
      [0, 1, 2, "set x 1 -> ok"],
      [1, 2, 3, "get x -> -"],
    ],
  ],
  [
    "a write without answer, seen later",
    "linearizable",
    [
      [0, 1, null, "set x 1"],
      [1, 5, 6, "get x -> 1"],
    ],
  ],
  [
    "a write without answer, never seen",
    "linearizable",
    [
      [0, 1, null, "set x 1"],
      [1, 5, 6, "get x -> -"],
    ],
  ],
  [
    "a write without answer takes effect late",
    "linearizable",
    [
      [0, 1, null, "set x 1"],
      [1, 2, 3, "set x 2 -> ok"],
      [1, 4, 5, "get x -> 2"],
      [1, 6, 7, "get x -> 1"],
    ],
  ],
  [
    "a write without answer, seen, then gone",
    "violated",
    [
      [0, 1, null, "set x 1"],
      [1, 2, 3, "get x -> 1"],
      [1, 4, 5, "get x -> -"],
    ],
  ],
  [
    "a write without answer takes effect once",
    "violated",
    [
      [0, 1, null, "set x 1"],
      [1, 2, 3, "get x -> 1"],
      [1, 4, 5, "set x 2 -> ok"],
      [1, 6, 7, "get x -> 1"],
    ],
  ],
  [
    "two alike without answer take effect twice",
    "linearizable",
    [
      [0, 1, null, "set x 1"],
      [2, 1, null, "set x 1"],
      [1, 2, 3, "get x -> 1"],
      [1, 4, 5, "set x 2 -> ok"],
      [1, 6, 7, "get x -> 1"],
    ],
  ],
  [
    "a write without answer does not act before it was handed in",
    "violated",
    [
      [1, 1, 2, "get x -> 1"],
      [0, 3, null, "set x 1"],
    ],
  ],
  [
    "two without answer, one on the other",
    "linearizable",
    [
      [0, 1, null, "set x 1"],
      [1, 1, null, "cas x 1 2"],
      [2, 3, 4, "get x -> 2"],
    ],
  ],
  [
    "three without answer, one on the other",
    "linearizable",
    [
      [0, 1, null, "set x 1"],
      [1, 1, null, "cas x 1 2"],
      [2, 1, null, "cas x 2 3"],
      [3, 3, 4, "get x -> 3"],
    ],
  ],
  [
    "a deletion without answer",
    "linearizable",
    [
      [0, 1, 2, "set x 1 -> ok"],
      [1, 1, null, "del x"],
      [2, 3, 4, "get x -> -"],
    ],
  ],
  [
    "cas succeeds twice on one value",
    "violated",
    [
      [0, 1, 2, "set x 1 -> ok"],
      [1, 3, 6, "cas x 1 2 -> yes"],
      [2, 3, 6, "cas x 1 3 -> yes"],
    ],
  ],
  [
    "cas fails on the value that is there",
    "violated",
    [
      [0, 1, 2, "set x 1 -> ok"],
      [1, 3, 4, "cas x 1 2 -> no"],
    ],
  ],
  [
    "one value is deleted twice",
    "violated",
    [
      [0, 1, 2, "set x 1 -> ok"],
      [1, 3, 6, "del x -> deleted"],
      [2, 3, 6, "del x -> deleted"],
    ],
  ],
  [
    "a right refusal",
    "linearizable",
    [
      [
        0,
        1,
        2,
        'frob -> !kv has no operation "frob"; it knows: get <key> | set <key> <value> | del <key> | cas <key> <old> <new> | scan <prefix>',
      ],
    ],
  ],
  ["a refusal of what is allowed", "violated", [[0, 1, 2, "get x -> !no"]]],
  [
    "keys do not disturb one another",
    "violated",
    [
      [0, 1, 2, "set x 1 -> ok"],
      [0, 1, 2, "set y 1 -> ok"],
      [1, 3, 4, "get x -> 1"],
      [1, 3, 4, "get y -> -"],
    ],
  ],
  [
    "a request of two operations is seen whole",
    "linearizable",
    [
      [0, 1, 9, "set x 1 -> ok ;; set y 1 -> ok"],
      [1, 2, 3, "get x -> - ;; get y -> -"],
      [1, 4, 5, "get x -> 1 ;; get y -> 1"],
    ],
  ],
  [
    "a request of two operations is seen by half",
    "violated",
    [
      [0, 1, 9, "set x 1 -> ok ;; set y 1 -> ok"],
      [1, 2, 3, "get x -> 1 ;; get y -> -"],
    ],
  ],
  [
    "a request sees what it wrote",
    "linearizable",
    [
      [0, 1, 2, "set x 1 -> ok ;; get x -> 1 ;; del x -> deleted"],
      [1, 3, 4, "get x -> -"],
    ],
  ],
  [
    "a half of a lost request is seen",
    "violated",
    [
      [0, 1, null, "set x 1 ;; set y 1"],
      [1, 2, 3, "get x -> 1"],
      [1, 4, 5, "get y -> -"],
    ],
  ],
  [
    "a scan joins keys",
    "violated",
    [
      [0, 1, 2, "set aa 1 -> ok"],
      [0, 3, 4, "set ab 2 -> ok"],
      [1, 5, 6, "scan a -> ab=2"],
    ],
  ],
  [
    "a scan of what is there",
    "linearizable",
    [
      [0, 1, 2, "set aa 1 -> ok"],
      [0, 1, 2, "set b 2 -> ok"],
      [1, 5, 6, "scan a -> aa=1"],
    ],
  ],
];

export const COUNTER: readonly Case[] = [
  [
    "sums in order",
    "linearizable",
    [
      [0, 1, 4, "add 1 -> 2"],
      [1, 1, 4, "add 1 -> 1"],
      [2, 5, 6, "get -> 2"],
    ],
  ],
  [
    "an addition that counts twice",
    "violated",
    [
      [0, 1, 2, "add 1 -> 1"],
      [2, 5, 6, "get -> 2"],
    ],
  ],
  [
    "two additions with one sum",
    "violated",
    [
      [0, 1, 4, "add 1 -> 1"],
      [1, 1, 4, "add 1 -> 1"],
    ],
  ],
  [
    "two lost additions explain a sum together",
    "linearizable",
    [
      [0, 1, null, "add 1"],
      [1, 1, null, "add 2"],
      [2, 5, 6, "get -> 3"],
    ],
  ],
  [
    "three lost additions do not explain it",
    "violated",
    [
      [0, 1, null, "add 1"],
      [1, 1, null, "add 2"],
      [3, 1, null, "add 4"],
      [2, 5, 6, "get -> 8"],
    ],
  ],
];

export const BANK: readonly Case[] = [
  [
    "a transfer is seen on both sides",
    "violated",
    [
      [0, 1, 2, "open a 5 -> 5"],
      [0, 3, 4, "open b 0 -> 0"],
      [0, 5, 12, "transfer a b 5 -> 0"],
      [1, 6, 7, "balance a -> 0"],
      [1, 8, 9, "balance b -> 0"],
    ],
  ],
  [
    "money is spent twice",
    "violated",
    [
      [0, 1, 2, "open a 5 -> 5 ;; open b 0 -> 0"],
      [1, 3, 6, "transfer a b 5 -> 0"],
      [2, 3, 6, "transfer a b 5 -> 0"],
    ],
  ],
  [
    "the total stays",
    "linearizable",
    [
      [0, 1, 2, "open a 5 -> 5 ;; open b 0 -> 0"],
      [1, 3, 6, "transfer a b 5 -> 0"],
      [2, 3, 6, "total -> 5"],
    ],
  ],
];
