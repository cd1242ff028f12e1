/** Profiles: how people show themselves, and changing that. */
import type { Profile, ProfileChange } from "#protocol/person.ts";
import { LIMITS } from "#protocol/limits.ts";
import { aboutProblem, parseDisplayName } from "#protocol/person.ts";
import { canonicalUsername, parseUsername } from "#protocol/username.ts";
import { accessOwn, accessPerson } from "#server/core/access/person-access.ts";
import type { Asking } from "#server/core/access/room-access.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { Throttle } from "#server/core/throttle.ts";
import {
  NAMES_PER_USER,
  PICTURES_PER_USER,
  PROFILES_PER_USER,
  mustBeSlower,
} from "#server/core/throttle.ts";
import type { AccountStore } from "./account-store.ts";
import type { Session } from "./accounts.ts";
import { nameTaken } from "./accounts.ts";
import type { PeopleNews } from "./people-news.ts";
import type { Name, PictureMaker, ProfileStore } from "./profile-store.ts";

interface Parts {
  readonly profiles: ProfileStore;
  readonly accounts: Pick<AccountStore, "isTaken">;
  readonly maker: PictureMaker;
  readonly throttle: Throttle;
  readonly news: Pick<PeopleNews, "changed">;
}

type Who = Pick<Session, "user">;

export class Profiles {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Of anybody, for anyone who is signed in: everybody shares General. */
  async profile(asking: Asking, user: number): Promise<Profile> {
    const profile = await this.#parts.profiles.profile(accessPerson(asking, user));
    if (profile === undefined) throw notFound();
    return profile;
  }

  /**
   * Changes what is given. Throws `name-not-allowed`, `name-taken`, `profile-not-allowed` or
   * `too-many-requests`, and then nothing has changed.
   */
  async change({ user }: Who, { username, displayName, about }: ProfileChange): Promise<Profile> {
    const { profiles, throttle } = this.#parts;
    const name = username === undefined ? undefined : parseUsername(username);
    if (name?.ok === false) throw new ChatError("name-not-allowed", name.problem);
    const called = displayName === undefined ? undefined : displayNameOf(displayName);
    const problem = about === undefined ? undefined : aboutProblem(about);
    if (problem !== undefined) throw new ChatError("profile-not-allowed", problem);
    await mustBeSlower(
      throttle,
      `profile:${user.id}`,
      PROFILES_PER_USER,
      "changes of your profile",
    );
    if (name !== undefined) await this.#rename(user, name);
    if (called !== undefined || about !== undefined) {
      await profiles.describe(accessOwn(user), { displayName: called, about });
    }
    this.#parts.news.changed(user.id);
    return this.profile(user, user.id);
  }

  /** Reads the upload only if there may be one. Throws `picture-not-allowed` if it is none. */
  async setPicture({ user }: Who, upload: () => Promise<Uint8Array>): Promise<Profile> {
    const { profiles, maker, throttle } = this.#parts;
    await mustBeSlower(throttle, `picture:${user.id}`, PICTURES_PER_USER, "pictures");
    const picture = await maker.make(await upload());
    if (picture === undefined) throw noPicture();
    await profiles.setPicture(accessOwn(user), picture);
    this.#parts.news.changed(user.id);
    return this.profile(user, user.id);
  }

  async removePicture({ user }: Who): Promise<void> {
    await this.#parts.profiles.setPicture(accessOwn(user), undefined);
    this.#parts.news.changed(user.id);
  }

  /** The bytes of a picture, as WebP. */
  async picture(asking: Asking, user: number, hash: string): Promise<Uint8Array> {
    const access = accessPerson(asking, user);
    const found = HASH.test(hash) ? await this.#parts.profiles.picture(access, hash) : undefined;
    if (found === undefined) throw notFound();
    return found;
  }

  async #rename(user: Asking, to: Name): Promise<void> {
    const { profiles, accounts, throttle } = this.#parts;
    const { username } = await this.profile(user, user.id);
    if (username === to.display) return;
    const from = { display: username, canonical: canonicalUsername(username) };
    if (from.canonical !== to.canonical) {
      if (await accounts.isTaken(to.canonical, user.id)) throw nameTaken(to.display);
      await mustBeSlower(throttle, `name:${user.id}`, NAMES_PER_USER, "changes of your name");
    }
    switch (await profiles.rename(accessOwn(user), from, to)) {
      case "done":
        return;
      case "taken":
        throw nameTaken(to.display);
      case "raced":
        throw new ChatError("name-taken", "Your name has just been changed elsewhere.");
    }
  }
}

const HASH = /^[0-9a-f]{32}$/u;

function displayNameOf(typed: string): string {
  if (typed === "") return "";
  const parsed = parseDisplayName(typed);
  if (!parsed.ok) throw new ChatError("profile-not-allowed", parsed.problem);
  return parsed.name;
}

function noPicture(): ChatError {
  const most = LIMITS.picturePixelsMax / 1_000_000;
  return new ChatError(
    "picture-not-allowed",
    `This is no picture that can be used. Send a PNG, JPEG, WebP, GIF or AVIF of up to ${most} megapixels.`,
  );
}
