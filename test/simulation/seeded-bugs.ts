/** Mistakes planted on purpose: a simulation that does not find them proves nothing. */

/** Mistakes of the model of Redis. */
export type ModelBug =
  /** A message sent again is stored again. */
  | "no-retry-record"
  /** The event is out before the message is stored. */
  | "published-first"
  /** The answer is out before the message is stored. */
  | "answered-first"
  /** Ids are the time, and nothing else. */
  | "ids-from-the-clock"
  /** Ids count on from the last one, so that what was lost and what comes after share them. */
  | "ids-used-twice"
  /** While the clock is behind, ids count on by one: too rare for random worlds, see places.test.ts. */
  | "ids-count-on";

/** A change of the real code, made while it is loaded. */
export interface Patch {
  /** The end of the file's path. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface SeededBug {
  readonly name: string;
  readonly model?: ModelBug;
  readonly patches?: readonly Patch[];
}

const inModel = (model: ModelBug): SeededBug => ({ name: model, model });

export const SEEDED_BUGS: readonly SeededBug[] = [
  inModel("no-retry-record"),
  inModel("published-first"),
  inModel("answered-first"),
  inModel("ids-from-the-clock"),
  inModel("ids-used-twice"),
  {
    // Neither end looks at `prev`; if one does, it makes good what the other lets pass.
    name: "no-gap-detection",
    patches: [
      {
        file: "/core/delivery/feed.ts",
        from: "this.#repair === undefined && event.prev === this.#at",
        to: "this.#repair === undefined",
      },
      { file: "/room/timeline.ts", from: "event.prev !== position ||", to: "" },
    ],
  },
  {
    name: "gaps-passed-on-by-servers",
    patches: [
      {
        file: "/core/delivery/feed.ts",
        from: "this.#repair === undefined && event.prev === this.#at",
        to: "this.#repair === undefined",
      },
    ],
  },
  {
    name: "quiet-rooms-never-compared",
    patches: [
      {
        file: "/core/delivery/hub.ts",
        from: "void this.#checkQuiet()",
        to: "void Promise.resolve()",
      },
    ],
  },
  {
    name: "links-come-back-unnoticed",
    patches: [
      { file: "/core/delivery/events-in.ts", from: "void hub.checkAll();", to: "" },
      {
        file: "/core/delivery/hub.ts",
        from: "void this.#checkQuiet()",
        to: "void Promise.resolve()",
      },
    ],
  },
  {
    name: "clients-ignore-forks",
    patches: [
      {
        file: "/room/catch-up.ts",
        from: 'if (event.type === "fork") return events.slice(index + 1);',
        to: 'if (event.type === "fork") continue;',
      },
    ],
  },
  {
    name: "lost-messages-not-sent-again",
    patches: [{ file: "/outbox/lane.ts", from: "this.addFirst(lost);", to: "lost.length = 0;" }],
  },
  {
    name: "outbox-out-of-order",
    patches: [{ file: "/outbox/outbox.ts", from: "lane.inFlight !== undefined ||", to: "" }],
  },
  {
    name: "ended-sessions-not-heard",
    patches: [
      { file: "/core/delivery/events-in.ts", from: "return watch.ended(", to: "return void (" },
    ],
  },
  {
    name: "membership-not-asked-on-joining-again",
    patches: [
      {
        file: "/realtime/commands.ts",
        from: "connection.unhear(room);\n        throw",
        to: "throw",
      },
    ],
  },
];
