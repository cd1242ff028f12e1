/** What is known of strangers just now, looked at again and again, and what is done about it. */
import type { StrangerBansResult, StrangerFigures, StrangerReport } from "#protocol/stranger.ts";
import { KlatchError } from "#sdk/index.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { useTask } from "#web/chat/task.ts";
import { deskOf } from "#web/admin/admin-of.ts";

const LOOK_MS = 5_000;

interface Seen {
  readonly figures: StrangerFigures;
  readonly reports: readonly StrangerReport[];
  readonly bans: StrangerBansResult["bans"];
}

export type Desk = ReturnType<typeof useDesk>;

export function useDesk(chat: Chat) {
  const desk = deskOf(chat.klatch);
  const seen = useSignal<Seen | undefined>(undefined);
  const told = useSignal("");
  const task = useTask();
  const load = async () => {
    const [figures, reports, bans] = await Promise.all([
      desk.figures(),
      desk.reports(),
      desk.bans(),
    ]);
    seen.value = { figures, reports, bans };
  };
  useEffect(() => {
    task.run(load);
    const timer = setInterval(() => {
      // What cannot be looked at now is looked at the next time.
      if (!document.hidden) load().catch(() => undefined);
    }, LOOK_MS);
    return () => {
      clearInterval(timer);
    };
  }, []);
  const act = (step: () => Promise<unknown>, words: string, after: () => void = () => undefined) =>
    task.run(async () => {
      told.value = "";
      try {
        await step();
        told.value = words;
      } catch (error) {
        if (!(error instanceof KlatchError && error.code === "not-found")) throw error;
        told.value = "That has been done by another admin, or has ended.";
      }
      await load();
      after();
    });
  return {
    seen: seen.value,
    told: told.value,
    task,
    setOpen: (open: boolean) =>
      act(
        () => desk.setOpen(open),
        open ? "Strangers can meet." : "Closed: all chats of strangers have ended.",
      ),
    dismiss: (id: string, after: () => void) =>
      act(() => desk.decide(id, { verdict: "dismiss" }), "Dismissed and deleted.", after),
    ban: (id: string, days: number, after: () => void) =>
      act(
        () => desk.decide(id, { verdict: "ban", days }),
        `Banned for ${days} day${days === 1 ? "" : "s"}; the report is deleted.`,
        after,
      ),
    lift: (id: string, after: () => void) => act(() => desk.lift(id), "The ban is lifted.", after),
  };
}
