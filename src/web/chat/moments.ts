/** Moments and ends in words: when something was said, until when somebody is muted or banned. */
import { dayOf, timeOf } from "#web/room/timeline/times.ts";
import { nowS, untilWords } from "./times-of-day.ts";

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** @param date seconds since 1970, here and below */
export function momentOf(date: number): string {
  return dayOf(date) === dayOf(nowS()) ? timeOf(date) : MOMENT.format(date * 1_000);
}

export function dateOf(date: number): string {
  return DATE.format(date * 1_000);
}

/** "until 14:30", "until it is lifted". */
export function endWords(until: number | undefined): string {
  return until === undefined ? "until it is lifted" : untilWords(until);
}

/** The end of what begins now and lasts so many seconds; without these there is none. */
export function endIn(seconds: number | undefined): { readonly until?: number } {
  return seconds === undefined ? {} : { until: nowS() + seconds };
}

export function isOver(until: number | undefined): boolean {
  return until !== undefined && until <= nowS();
}
