/** Whether one is an admin, and how many reports wait for one; kept true while the page is open. */
import { GENERAL } from "#protocol/room.ts";
import { useEffect } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";

/** The queue is looked at this often, in milliseconds: nobody is told of a new report. */
const LOOK_MS = 60_000;
/** By then the first room is there. */
const REST_MS = 1_500;

export function isAdmin(chat: Chat): boolean {
  return chat.role.value === "owner" || chat.role.value === "admin";
}

/** Follows one's role and, for admins, the queue. */
export function useAdmin(chat: Chat): void {
  useRole(chat);
  const isOne = isAdmin(chat);
  const isOpen = chat.panel.value?.kind === "admin";
  useEffect(() => {
    chat.openReports.value = isOne ? chat.openReports.peek() : 0;
    // Whoever has the queue open looks by themselves.
    if (!isOne || isOpen) return;
    const look = () => {
      if (!document.hidden) void count(chat);
    };
    const first = setTimeout(look, REST_MS);
    const timer = setInterval(look, LOOK_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [isOne, isOpen]);
}

/** Who becomes an admin moderates General from then on: that is when it is worth asking. */
function useRole(chat: Chat): void {
  const general = chat.room(GENERAL)?.role;
  useEffect(() => {
    if (general === undefined) return;
    const ask = async () => {
      const me = await chat.klatch.whoAmI().catch(() => undefined);
      if (me !== undefined) chat.role.value = me.role;
    };
    void ask();
  }, [general]);
}

async function count(chat: Chat): Promise<void> {
  try {
    const { adminOf } = await import("./admin-of.ts");
    const { reports } = await adminOf(chat.klatch).reports("open");
    chat.openReports.value = reports.length;
  } catch {
    // What was known holds until the next look.
  }
}
