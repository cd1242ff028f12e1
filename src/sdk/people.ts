/** People: remembers who is behind an id, and asks the server about those it does not know. */
import type { Person } from "#protocol/person.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Environment } from "./environment.ts";
import { isPassing } from "./error.ts";
import type { Link } from "./link.ts";
import { Listeners } from "./listeners.ts";
import { Timer } from "./timer.ts";

/** People remembered; the longest known go first. */
const PEOPLE_MAX = 10_000;
/** Questions of one moment are asked together, after this long. */
const GATHER_MS = 20;

export class People {
  readonly changes = new Listeners<void>();
  readonly #link: Link;
  readonly #known = new Map<number, Person>();
  /** Wanted, not yet asked. */
  readonly #wanted = new Set<number>();
  /** Asked, and either not answered yet or unknown to the server: not asked again for now. */
  readonly #asked = new Set<number>();
  readonly #timer: Timer;

  constructor(environment: Environment, link: Link) {
    this.#timer = new Timer(environment);
    this.#link = link;
  }

  /**
   * From memory; one who is not there is asked for, and `changes` tells when the answer is here.
   */
  get(id: number): Person | undefined {
    const person = this.#known.get(id);
    // Ids count from 1; 0 is whoever writes before it is known who that is.
    if (person === undefined && id > 0 && !this.#asked.has(id)) {
      this.#wanted.add(id);
      this.#askSoon();
    }
    return person;
  }

  learn(people: readonly Person[]): void {
    let isNew = false;
    for (const person of people) {
      isNew ||= JSON.stringify(this.#known.get(person.id)) !== JSON.stringify(person);
      this.#known.set(person.id, person);
      this.#wanted.delete(person.id);
    }
    for (const id of this.#known.keys()) {
      if (this.#known.size <= PEOPLE_MAX) break;
      this.#known.delete(id);
    }
    if (isNew) this.changes.tell();
  }

  /** The link is open: asks for whom it lacks. Whoever was unknown may be asked about again. */
  resume(): void {
    this.stop();
    this.#asked.clear();
    this.#askSoon();
  }

  /** Asks nobody until `resume`, or until someone else is wanted. */
  stop(): void {
    this.#timer.stop();
  }

  clear(): void {
    this.stop();
    this.#known.clear();
    this.#wanted.clear();
    this.#asked.clear();
  }

  #askSoon(): void {
    if (this.#wanted.size > 0 && this.#link.isOpen && !this.#timer.isSet) {
      this.#timer.set(() => this.#ask(), GATHER_MS);
    }
  }

  #ask(): void {
    const ids = [...this.#wanted].slice(0, LIMITS.peopleIdsMax);
    if (ids.length === 0) return;
    for (const id of ids) {
      this.#wanted.delete(id);
      this.#asked.add(id);
    }
    this.#link.command("people", { ids }, (answer) => {
      if (answer !== undefined && !("error" in answer)) {
        this.#timer.tries = 0;
        this.learn(answer.people);
      } else if (answer === undefined || isPassing(answer.error)) {
        this.#askAgain(ids, answer?.error.retryAfter);
      }
    });
    this.#askSoon();
  }

  #askAgain(ids: readonly number[], retryAfter: number | undefined): void {
    for (const id of ids) {
      this.#asked.delete(id);
      this.#wanted.add(id);
    }
    if (this.#link.isOpen) this.#timer.retry(() => this.#ask(), retryAfter);
  }
}
