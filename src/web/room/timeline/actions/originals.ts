/** The messages that others answer: from the lines of the room, or fetched once for all quotes. */
import type { Position } from "#protocol/position.ts";
import type { Entry, Room } from "#sdk/index.ts";
import { signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Original } from "./quote.tsx";

type Found = Original | null | undefined;

/** Answers `undefined` until it is here, and draws again then; `null` if it is gone. */
export function originalsOf(
  room: Room,
  moment: ReadonlySignal<{ readonly entries: readonly Entry[] }>,
): (id: Position) => Found {
  const fetched = new Map<Position, Signal<Found>>();
  const fetch = async (id: Position, found: Signal<Found>) => {
    try {
      found.value = await fetchOriginal(room, id);
    } catch {
      // Asked for again when it is drawn the next time.
      fetched.delete(id);
    }
  };
  return (id) => {
    const here = moment.value.entries.find((entry) => entry.id === id);
    if (here !== undefined) return { ...here, deleted: here.deleted !== undefined };
    const known = fetched.get(id);
    if (known !== undefined) return known.value;
    const found = signal<Found>(undefined);
    fetched.set(id, found);
    void fetch(id, found);
    return found.value;
  };
}

async function fetchOriginal(room: Room, id: Position): Promise<Original | null> {
  const { messages } = await room.history({ around: id, limit: 3 });
  const found = messages.find((message) => message.id === id);
  if (found === undefined) return null;
  return { from: found.from, text: found.message, deleted: found.deleted !== undefined };
}
