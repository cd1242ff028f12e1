/** People as others see them, and what they are for the whole of Klatch. */

/**
 * `owner`: names admins and other owners; the first account is one, and there is always one.
 * `admin`: looks after people, reports and General, and has no power inside other rooms. `bot`: a
 * program. Everybody else is a `member`.
 */
export type Role = "owner" | "admin" | "member" | "bot";

export interface Person {
  readonly id: number;
  /** The name as its owner writes it. */
  readonly username: string;
  /** It is a program. */
  readonly bot?: true;
}
