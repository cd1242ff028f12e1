/** Moments and ends in words: until when somebody is muted or banned, since when they are here. */
import { dayOf, timeOf } from "#web/room/timeline/times.ts";

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** @param date seconds since 1970, here and below */
export function momentOf(date: number): string {
  return dayOf(date) === dayOf(nowSeconds()) ? timeOf(date) : MOMENT.format(date * 1_000);
}

export function dateOf(date: number): string {
  return DATE.format(date * 1_000);
}

/** "until 14:30", "until it is lifted". */
export function untilWords(until: number | undefined): string {
  return until === undefined ? "until it is lifted" : `until ${momentOf(until)}`;
}

/** Seconds since 1970, in so many seconds from now; `undefined` for without an end. */
export function endIn(seconds: number | undefined): { readonly until?: number } {
  return seconds === undefined ? {} : { until: Math.floor(nowSeconds()) + seconds };
}

export function isOver(until: number | undefined): boolean {
  return until !== undefined && until <= nowSeconds();
}

function nowSeconds(): number {
  return Date.now() / 1_000;
}
