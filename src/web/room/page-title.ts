/** The window's title: the room, and how much of it is unread. */
import { useEffect } from "preact/hooks";

/** @param unread the count in words; empty for nothing */
export function usePageTitle(name: string, unread: string): void {
  useEffect(() => {
    document.title = `${unread && `(${unread}) `}${name} · Klatch`;
  }, [name, unread]);
}
