/** Profiles as they are kept (port): what people say of themselves, their pictures, and their other names. */
import type { Profile } from "#protocol/person.ts";
import type { OwnAccess, PersonAccess } from "#server/core/access/person-access.ts";

/** A name in both its forms. */
export interface Name {
  readonly display: string;
  readonly canonical: string;
}

export interface Picture {
  /** Of the bytes; 32 hexadecimal digits. */
  readonly hash: string;
  /** WebP. */
  readonly bytes: Uint8Array;
}

export interface ProfileStore {
  /** `undefined` for who is not there, or no longer. */
  profile(of: PersonAccess): Promise<Profile | undefined>;
  /**
   * Sets what is given; an empty text takes it away. Changes nothing for an account that is not there
   * any more.
   */
  describe(
    by: OwnAccess,
    words: { readonly displayName?: string | undefined; readonly about?: string | undefined },
  ): Promise<void>;
  /**
   * Gives a person another name, all of it at once. The old one is kept from everybody else for
   * `NAME_HELD_S`. `raced`: the person has another name by now.
   */
  rename(by: OwnAccess, from: Name, to: Name): Promise<"done" | "taken" | "raced">;
  /** In the place of the one before; `undefined` takes it away. */
  setPicture(by: OwnAccess, picture: Picture | undefined): Promise<void>;
  /** `undefined` if that is not their picture now. */
  picture(of: PersonAccess, hash: string): Promise<Uint8Array | undefined>;
}

/** Makes pictures of what people upload (port). */
export interface PictureMaker {
  /**
   * A square without anything but what is seen: no place, no camera, no time. `undefined` if it is no
   * picture that can be read. Throws `busy` when too many wait.
   */
  make(upload: Uint8Array): Promise<Picture | undefined>;
}

/** A name that was given up is nobody's for this long, so that nobody is taken for who had it. */
export const NAME_HELD_S = 30 * 24 * 3600;
