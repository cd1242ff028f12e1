/** The chat as the page sees it: rooms, people and what is open, as signals. */
import type { Me } from "#protocol/api.ts";
import type { Person, Role } from "#protocol/person.ts";
import type { Member, Room as RoomInfo, RoomId } from "#protocol/room.ts";
import type { Preferences, RoomNotify } from "#protocol/preferences.ts";
import { GENERAL } from "#protocol/room.ts";
import { Blocks } from "#sdk/directory/blocks.ts";
import { Directory } from "#sdk/directory/directory.ts";
import { Moderation } from "#sdk/directory/moderation.ts";
import { OwnPreferences } from "#sdk/directory/own-preferences.ts";
import { Online } from "#sdk/directory/online.ts";
import { Typing } from "#sdk/directory/typing.ts";
import type { Klatch, StoredEntry } from "#sdk/index.ts";
import { OwnThings } from "#sdk/own/own-things.ts";
import { batch, computed, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { shownName } from "#web/widgets/avatar.tsx";
import { watchIdle } from "./idle.ts";
import type { Place } from "./place.ts";
import { titleOf } from "./room-title.ts";
import { nowS } from "./moments.ts";

/** What lies over the rooms. */
export type Panel =
  | { readonly kind: "switcher" }
  | { readonly kind: "new-room" }
  | { readonly kind: "open-rooms" }
  | { readonly kind: "new-chat" }
  | {
      readonly kind:
        | "password"
        | "profile"
        | "devices"
        | "invite"
        | "leave"
        | "blocked-people"
        | "admin";
    }
  | { readonly kind: "preferences" }
  | { readonly kind: "notify"; readonly room: RoomId }
  | {
      readonly kind: "delete-message" | "react" | "report";
      readonly room: RoomId;
      readonly entry: StoredEntry;
    }
  | { readonly kind: "members" | "settings" | "webhooks"; readonly room: RoomId };

export interface ChatOptions {
  readonly klatch: Klatch;
  readonly me: Me;
  readonly place: Place;
}

/** From this width on the list lies beside the room. The same in page.css. */
const WIDE = matchMedia("(min-width: 52rem)");

/** People offered before anybody is looked for. */
const OFFERED_MAX = 20;

export class Chat {
  readonly klatch: Klatch;
  readonly me: Me;
  readonly place: Place;
  readonly directory: Directory;
  readonly typing: Typing;
  readonly blocks: Blocks;
  readonly moderation: Moderation;
  readonly panel = signal<Panel | undefined>(undefined);
  /** A sentence about something that happened without one's doing; empty if there is none. */
  readonly notice = signal("");
  readonly rooms = signal<readonly RoomInfo[]>([]);
  readonly isLoaded = signal(false);
  /** Oneself, as one has made oneself be shown since. */
  readonly shownMe: Signal<Person>;
  readonly things: OwnThings;
  readonly onlineIds = signal<ReadonlySet<number>>(new Set());
  readonly blockedIds = signal<ReadonlySet<number>>(new Set());
  /** What one is for the whole of Klatch, as last heard. */
  readonly role: Signal<Role>;
  /** Reports that wait for a decision, as last heard; 0 for who is no admin. */
  readonly openReports = signal(0);
  readonly awayIds = signal<ReadonlySet<number>>(new Set());
  /** One's own, and what they are now; `undefined` until they are known. */
  readonly own: OwnPreferences;
  readonly preferences = signal<Preferences | undefined>(undefined);
  readonly isWide = signal(WIDE.matches);
  /** The room that is shown; on a narrow page none, while the list is. */
  readonly current = computed(() => {
    return this.place.room.value ?? (this.isWide.value ? GENERAL : undefined);
  });
  readonly #people = signal(0);
  readonly #typing = signal<ReadonlyMap<RoomId, readonly number[]>>(new Map());
  readonly #members = new Map<RoomId, ReturnType<typeof signal<readonly Member[] | undefined>>>();
  /** Questions for members, counted, and for each room the one whose answer shows. */
  #asked = 0;
  readonly #answered = new Map<RoomId, number>();
  readonly #ends: (() => void)[] = [];

  constructor({ klatch, me, place }: ChatOptions) {
    this.klatch = klatch;
    this.me = me;
    this.place = place;
    this.shownMe = signal<Person>(me);
    this.things = new OwnThings(klatch);
    this.directory = new Directory(klatch);
    this.typing = new Typing(klatch);
    this.blocks = new Blocks(klatch);
    this.moderation = new Moderation(klatch);
    this.role = signal(me.role);
    this.own = new OwnPreferences(klatch);
    const online = new Online(klatch);
    let isIdle = false;
    const tellIdle = () => {
      // A new connection counts as touched.
      if (isIdle && klatch.link.at === "open") online.idle(true);
    };
    const hear = () => this.#hearRooms();
    const onWide = () => (this.isWide.value = WIDE.matches);
    WIDE.addEventListener("change", onWide);
    this.#ends.push(
      this.directory.onChange(hear),
      this.directory.onGone((room) => this.#hearGone(room)),
      this.blocks.onChange(() => (this.blockedIds.value = this.blocks.ids)),
      online.onChange(() => {
        batch(() => {
          this.onlineIds.value = online.ids;
          this.awayIds.value = online.away;
        });
      }),
      this.own.onChange(() => (this.preferences.value = this.own.now)),
      klatch.onLink(tellIdle),
      watchIdle((idle) => {
        isIdle = idle;
        online.idle(idle);
      }),
      this.typing.onChange((room) => {
        this.#typing.value = new Map(this.#typing.peek()).set(room, this.typing.of(room));
      }),
      klatch.onPeople(() => this.#people.value++),
      () => WIDE.removeEventListener("change", onWide),
    );
    hear();
    this.blockedIds.value = this.blocks.ids;
  }

  close(): void {
    for (const end of this.#ends) end();
  }

  /** One of one's rooms. */
  room(id: RoomId | undefined): RoomInfo | undefined {
    return this.rooms.value.find((room) => room.id === id);
  }

  /** Draws again when the name arrives; `undefined` until then. */
  nameOf(id: number): string | undefined {
    void this.#people.value;
    const person = this.klatch.person(id);
    return person && shownName(person);
  }

  /** How many people are in a room. Who has just come into General is online before it is counted. */
  countOf({ kind, members }: Pick<RoomInfo, "kind" | "members">): number {
    return kind === "general" ? Math.max(members, this.onlineIds.value.size) : members;
  }

  isOnline(id: number): boolean {
    return this.onlineIds.value.has(id);
  }

  /** Whether one blocks them; draws again when that changes. */
  isBlocked(id: number): boolean {
    return this.blockedIds.value.has(id);
  }

  isAway(id: number): boolean {
    return this.awayIds.value.has(id);
  }

  /** What one wants to be told of a room. */
  notifyOf(room: RoomId): RoomNotify {
    return this.preferences.value?.rooms[room] ?? { level: "everything" };
  }

  /** Whether nothing of a room is announced, mentions perhaps excepted. */
  isQuiet(room: RoomId): boolean {
    const { level, mutedUntil = 0 } = this.notifyOf(room);
    return level !== "everything" || mutedUntil > nowS();
  }

  /** Who is about to say something there. */
  typingIn(room: RoomId): readonly number[] {
    return this.#typing.value.get(room) ?? [];
  }

  /** Shows a room, and nothing over it. */
  go(room: RoomId): void {
    batch(() => {
      this.panel.value = undefined;
      this.notice.value = "";
      this.place.go(room);
    });
  }

  /** Shows the private chat with these people; rejects with words if there can be none. */
  async talkTo(people: readonly number[]): Promise<void> {
    this.go((await this.directory.chat(people)).id);
  }

  /** Who is in a room, as last fetched; `undefined` until that was done. */
  membersOf(id: RoomId): readonly Member[] | undefined {
    return this.#membersSignal(id).value;
  }

  /** Fetches who is in a room; rejects with words. */
  async loadMembers(id: RoomId): Promise<void> {
    const asked = ++this.#asked;
    const members = await this.directory.members(id);
    // An answer that was overtaken by a later one is old.
    if (asked < (this.#answered.get(id) ?? 0)) return;
    this.#answered.set(id, asked);
    this.#membersSignal(id).value = members;
  }

  /** People to talk to: those whose names begin so; without a beginning some, online ones first. */
  async findPeople(beginning: string): Promise<readonly Person[]> {
    if (beginning !== "") return this.directory.people(beginning);
    const everyone = await this.directory.members(GENERAL);
    const rank = ({ id }: Person) => (this.onlineIds.peek().has(id) ? 0 : 1);
    return everyone
      .filter(({ id }) => id !== this.me.id)
      .toSorted((a, b) => rank(a) - rank(b))
      .slice(0, OFFERED_MAX);
  }

  #membersSignal(id: RoomId) {
    const known = this.#members.get(id) ?? signal<readonly Member[] | undefined>(undefined);
    this.#members.set(id, known);
    return known;
  }

  #hearRooms(): void {
    const { rooms, isLoaded } = this.directory;
    batch(() => {
      this.rooms.value = rooms;
      this.isLoaded.value = isLoaded;
    });
  }

  #hearGone(room: RoomInfo): void {
    batch(() => {
      this.notice.value = `You are not in ${titleOf(room)} any more.`;
      if (this.place.room.peek() !== room.id) return;
      this.panel.value = undefined;
      this.place.forget();
    });
  }
}
