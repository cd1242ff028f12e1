/**
 * The directory: the rooms one is in, kept true, and what one can do with rooms and people. An entry
 * of its own: a program that only talks does not load it.
 */
import type { PasswordChange } from "#protocol/api.ts";
import type { Person } from "#protocol/person.ts";
import type { PresenceOf } from "#protocol/presence.ts";
import type { Position } from "#protocol/position.ts";
import type {
  Member,
  MembersResult,
  NewChat,
  NewRoom,
  OpenRoomsResult,
  Room as RoomInfo,
  RoomChange,
  RoomId,
  RoomRole,
} from "#protocol/room.ts";
import type { Klatch } from "#sdk/client.ts";
import type { Environment } from "#sdk/environment.ts";
import type { Ground } from "#sdk/extension.ts";
import { realEnvironment } from "#sdk/platform/real-environment.ts";
import { RoomList } from "./room-list.ts";

export type { RoomInfo };

export class Directory {
  readonly #list: RoomList;
  readonly #klatch: Klatch;
  readonly #ground: Ground;

  /**
   * One for each client, as long as that lives.
   *
   * @param environment as the client's; default: the real one
   */
  constructor(klatch: Klatch, environment: Environment = realEnvironment) {
    this.#klatch = klatch;
    this.#ground = klatch.extend((heard) => {
      this.#list.hear(heard);
      if (heard.type === "people") void this.#askAgain(heard.data.changed);
    });
    this.#list = new RoomList(klatch, this.#ground, environment);
  }

  /**
   * The rooms one is in, those with the newest event first. Kept up to date while the link is open,
   * and fetched again after every break. The same array as long as nothing changes.
   */
  get rooms(): readonly RoomInfo[] {
    return this.#list.rooms;
  }

  /** Whether the list was fetched at all; before that it says nothing. */
  get isLoaded(): boolean {
    return this.#list.isLoaded;
  }

  /** Calls `listener` after each change of `rooms` or `isLoaded`; the answer takes it away again. */
  onChange(listener: () => void): () => void {
    return this.#list.changes.add(listener);
  }

  /**
   * Calls `listener` when one is not in a room any more through no act of this client: removed,
   * deleted, or left elsewhere. The room is not heard any more.
   */
  onGone(listener: (room: RoomInfo) => void): () => void {
    return this.#list.gone.add(listener);
  }

  /**
   * Calls `listener` when something about a room is another: its people, their roles, who is muted
   * or banned. Who shows that asks again.
   */
  onTold(listener: (room: RoomId) => void): () => void {
    return this.#list.told.add(listener);
  }

  /**
   * Open rooms whose names match, with how many people are in each and the newest message.
   *
   * @throws KlatchError `offline`, …; so does everything below
   */
  async openRooms(search = ""): Promise<OpenRoomsResult> {
    const found = await this.#get<OpenRoomsResult>(`/api/open-rooms?search=${escaped(search)}`);
    this.#ground.people.learn(found.people);
    return found;
  }

  /** People whose names begin like this, up to 20. */
  async people(search: string): Promise<readonly Person[]> {
    const path = `/api/people?search=${escaped(search)}`;
    const { people } = await this.#get<{ readonly people: readonly Person[] }>(path);
    this.#ground.people.learn(people);
    return people;
  }

  /**
   * Makes a room and is in it, as its moderator.
   *
   * @throws KlatchError `room-not-allowed`, `too-many-rooms`
   */
  async create(room: NewRoom): Promise<RoomInfo> {
    return this.#list.put(await this.#ask("POST", "/api/rooms", room));
  }

  /**
   * The private chat with these people, by id; with nobody: one's own note pad. It is made if there
   * is none yet; the others see it from its first message on.
   */
  async chat(people: readonly number[]): Promise<RoomInfo> {
    const body: NewChat = { people };
    return this.#list.put(await this.#ask("POST", "/api/chats", body));
  }

  /** Goes into an open room. */
  enter(id: RoomId, me: number): Promise<RoomInfo> {
    return this.setMember(id, me);
  }

  /** Changes what is given: name, topic, who may post, whether it is archived. For moderators. */
  async change(id: RoomId, change: RoomChange): Promise<RoomInfo> {
    return this.#list.put(await this.#ask("PATCH", `/api/rooms/${id}`, change));
  }

  /** Deletes it with everything said in it, for everyone. For moderators. */
  async delete(id: RoomId): Promise<void> {
    await this.#list.part(id, () => this.#ask("DELETE", `/api/rooms/${id}`));
  }

  /** Who is in it: moderators first, then by name. */
  async members(id: RoomId): Promise<readonly Member[]> {
    const { members } = await this.#get<MembersResult>(`/api/rooms/${id}/members`);
    this.#ground.people.learn(members);
    return members;
  }

  /** Brings somebody in, or gives a member another role. For moderators. */
  async setMember(id: RoomId, user: number, role?: RoomRole): Promise<RoomInfo> {
    const body = role === undefined ? {} : { role };
    await this.#ask("PUT", `/api/rooms/${id}/members/${user}`, body);
    return this.#again(id);
  }

  /** Takes somebody else out. For moderators. */
  async remove(id: RoomId, user: number): Promise<RoomInfo> {
    await this.#ask("DELETE", `/api/rooms/${id}/members/${user}`);
    return this.#again(id);
  }

  /** Leaves it oneself. */
  async leave(id: RoomId, me: number): Promise<void> {
    await this.#list.part(id, () => this.#ask("DELETE", `/api/rooms/${id}/members/${me}`));
  }

  /**
   * Gives oneself another password. All one's other sessions end.
   *
   * @throws KlatchError `wrong-password`, `password-not-allowed`
   */
  changePassword(current: string, password: string): Promise<void> {
    const body: PasswordChange = { current, password };
    return this.#ask("PUT", "/api/me/password", body);
  }

  /**
   * One has read a room up to this place; its counts follow at once, the server is told at most once
   * a second, and after a break.
   */
  read(id: RoomId, position: Position): void {
    this.#list.read(id, position);
  }

  /**
   * Makes unread again what comes after this place, on all one's devices.
   *
   * @param position id of a message, or `START` for everything
   */
  unread(id: RoomId, position: Position): Promise<void> {
    return this.#list.unread(id, position);
  }

  /** Whether somebody is here, and if not, since when. */
  presenceOf(user: number): Promise<PresenceOf> {
    return this.#get(`/api/people/${user}/presence`);
  }

  /** Everything in all rooms is read. */
  async readAll(): Promise<void> {
    await this.#ask("PUT", "/api/read");
    for (const { id, position } of this.rooms) this.#list.read(id, position);
  }

  /**
   * Adds a reaction of one's own to a message, or takes it back; it shows when its event comes.
   *
   * @param emoji one, and nothing else
   * @throws KlatchError `too-many-marks`
   */
  async react(room: RoomId, id: Position, emoji: string, isThere = true): Promise<void> {
    const remove = isThere ? {} : ({ remove: true } as const);
    await this.#ground.link.ask("react", { room, id, emoji, ...remove });
  }

  /** Pins a message, or takes the pin off. For moderators, and anyone in a private chat. */
  async pin(room: RoomId, id: Position, isPinned = true): Promise<void> {
    const remove = isPinned ? {} : ({ remove: true } as const);
    await this.#ground.link.ask("pin", { room, id, ...remove });
  }

  /** Those who show themselves otherwise, of all whose names are shown. */
  async #askAgain(changed: readonly number[]): Promise<void> {
    const shown = new Set(
      this.rooms.flatMap(({ id, people }) => [
        ...people.map((person) => person.id),
        ...this.#klatch.room(id).entries.map(({ from }) => from),
      ]),
    );
    const ids = changed.filter((id) => shown.has(id));
    if (ids.length === 0) return;
    // Without an answer they are called as before.
    const found = await this.#ground.link.ask("people", { ids }).catch(() => undefined);
    if (found !== undefined) this.#ground.people.learn(found.people);
  }

  /** What is said of a room after its people changed: only they themselves are told of that. */
  async #again(id: RoomId): Promise<RoomInfo> {
    return this.#list.put(await this.#get(`/api/rooms/${id}`));
  }

  #get<Body>(path: string): Promise<Body> {
    return this.#ask("GET", path);
  }

  #ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    return this.#ground.rest.ask(method, path, body);
  }
}

const escaped = encodeURIComponent;
