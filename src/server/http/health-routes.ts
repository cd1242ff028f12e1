/** Health and readiness, for people who operate Klatch and for their load balancers. */
import { Hono } from "hono";
import type { BridgeCounts } from "#server/core/bridge/bridge.ts";
import * as answers from "#server/shapes/answers.ts";
import { operation } from "./operation.ts";

/**
 * What keeps this server from doing its work just now, in words without secrets; empty when it can.
 */
export type Readiness = () => Promise<readonly string[]>;

/** What the settings of Redis promise, as it was at the start. */
export interface Promised {
  readonly flush: string;
  readonly promise: readonly string[];
}

/** What this server has met since its start. */
export interface Met {
  /** How often Redis was found to have lost what had been shown. */
  readonly forks: number;
  /** Absent where no servers of other kinds are heard. */
  readonly bridge?: BridgeCounts;
}

/**
 * `/healthz`: the process answers. `/readyz`: and can do its work; otherwise 503 with the reasons.
 */
export function healthRoutes(readiness: Readiness, durability: Promised, met: () => Met) {
  // Everybody may ask, and each look writes to Redis: those who ask at once share one.
  let looking: Promise<readonly string[]> | undefined;
  const look = () => {
    looking ??= readiness().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  return new Hono()
    .get(
      "/healthz",
      operation({
        group: "Operation",
        summary: "Say whether the process answers",
        access: "public",
        answer: answers.health,
      }),
      (c) => c.json({ status: "ok" }),
    )
    .get(
      "/readyz",
      operation({
        group: "Operation",
        summary: "Say whether this server can do its work",
        access: "public",
        answer: answers.readiness,
        also: { 503: "It cannot, for these reasons." },
      }),
      async (c) => {
        const reasons = await look();
        if (reasons.length === 0) return c.json({ status: "ready", durability, ...met() });
        return c.json({ status: "not ready", reasons, durability, ...met() }, 503);
      },
    );
}
