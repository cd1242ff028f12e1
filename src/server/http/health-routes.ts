/** Health and readiness, for people who operate Klatch and for their load balancers. */
import { Hono } from "hono";

/** What keeps this server from doing its work just now, in words without secrets; empty when it can. */
export type Readiness = () => Promise<readonly string[]>;

/** `/healthz`: the process answers. `/readyz`: and can do its work; otherwise 503 with the reasons. */
export function healthRoutes(readiness: Readiness) {
  return new Hono()
    .get("/healthz", (c) => c.json({ status: "ok" }))
    .get("/readyz", async (c) => {
      const reasons = await readiness();
      if (reasons.length === 0) return c.json({ status: "ready" });
      return c.json({ status: "not ready", reasons }, 503);
    });
}
