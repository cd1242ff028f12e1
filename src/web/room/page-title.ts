/** The window's title: the room, and how many new messages came while one looked elsewhere. */
import { useEffect } from "preact/hooks";
import type { RoomView } from "./timeline/room-view.ts";

export function usePageTitle(view: RoomView, { name, me }: { name: string; me: number }): void {
  useEffect(() => {
    let unseen = 0;
    const write = () => {
      document.title = `${unseen > 0 ? `(${unseen}) ` : ""}${name} · Klatch`;
    };
    const onLook = () => {
      if (!document.hidden) unseen = 0;
      write();
    };
    const unhear = view.onArrival((added) => {
      if (document.hidden) unseen += added.filter(({ from }) => from !== me).length;
      write();
    });
    document.addEventListener("visibilitychange", onLook);
    write();
    return () => {
      unhear();
      document.removeEventListener("visibilitychange", onLook);
    };
  }, [view, name, me]);
}
