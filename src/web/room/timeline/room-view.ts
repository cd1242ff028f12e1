/** A room of the SDK as signals, so that a change draws again only what shows it. */
import type { Person } from "#protocol/person.ts";
import type { Entry, Klatch, LinkState, Room } from "#sdk/index.ts";
import type { Position } from "#protocol/position.ts";
import { shownName } from "#web/widgets/avatar.tsx";
import { batch, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { originalsOf } from "./actions/originals.ts";
import type { Original } from "./actions/quote.tsx";
import { Past } from "./past.ts";

/** What the room looked like at one moment. */
export interface RoomMoment {
  /** Oldest first: what is stored, then one's own that are on their way. */
  readonly entries: readonly Entry[];
  readonly state: Room["state"];
  readonly hasOlder: boolean;
}

export interface RoomView {
  readonly room: Room;
  readonly moment: ReadonlySignal<RoomMoment>;
  readonly link: ReadonlySignal<LinkState>;
  /** What of it is drawn. */
  readonly past: Past;
  /** Draws again when the name arrives; `undefined` until then. */
  personOf(id: number): Person | undefined;
  /** What they are called; as `personOf`. */
  nameOf(id: number): string | undefined;
  /**
   * The message with this id, for a quote: from the lines here, or fetched; draws again when it
   * arrives. `null` if it is gone.
   */
  originalOf(id: Position): Original | null | undefined;
  /** Hears what is new at the end of the room, history and reloads excepted. */
  onArrival(listener: (added: readonly Entry[]) => void): () => void;
  /** Somebody's name was chosen. */
  choosePerson(id: number): void;
  /** The room stays joined: what is said meanwhile is there when it is opened again. */
  close(): void;
}

/** Joins the room, if it is not joined yet, and follows it until `close()`. */
export function openRoom(
  klatch: Klatch,
  room: Room,
  choosePerson: (id: number) => void = () => undefined,
): RoomView {
  const look = (): RoomMoment => ({
    entries: room.entries,
    state: room.state,
    hasOlder: room.hasOlder,
  });
  const moment = signal(look());
  const link = signal(klatch.link);
  const past = new Past(klatch, room, moment);
  const people = signal(0);
  const arrivalListeners = new Set<(added: readonly Entry[]) => void>();
  const unhear = [
    room.onChange(({ added, reset }) => {
      batch(() => {
        moment.value = look();
        if (!reset && added.length > 0) for (const listener of arrivalListeners) listener(added);
      });
    }),
    klatch.onLink((now) => {
      batch(() => {
        link.value = now;
        moment.value = look();
      });
    }),
    klatch.onPeople(() => people.value++),
  ];
  const personOf = (id: number) => {
    void people.value;
    return klatch.person(id);
  };
  room.join();
  return {
    room,
    moment,
    link,
    personOf,
    nameOf(id) {
      const person = personOf(id);
      return person && shownName(person);
    },
    past,
    originalOf: originalsOf(room, past.shown),
    onArrival(listener) {
      arrivalListeners.add(listener);
      return () => arrivalListeners.delete(listener);
    },
    choosePerson,
    close() {
      for (const stop of unhear) stop();
      past.leave();
    },
  };
}
