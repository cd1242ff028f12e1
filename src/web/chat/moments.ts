/**
 * Moments and ends in words: when something was said, until when somebody is muted or banned, in an
 * hour, tomorrow morning.
 */
import { dayOf, timeOf } from "#web/room/timeline/times.ts";

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

const HOUR_S = 3_600;
/** When a day begins for who does not want to be disturbed, in hours. */
const MORNING = 8;

/** Seconds since 1970. */
export function nowS(): number {
  return Math.floor(Date.now() / 1_000);
}

export function inHours(hours: number): number {
  return nowS() + hours * HOUR_S;
}

/** The next time it is eight in the morning, on the next day. */
export function tomorrowMorning(): number {
  const morning = new Date();
  morning.setDate(morning.getDate() + 1);
  morning.setHours(MORNING, 0, 0, 0);
  return Math.floor(morning.getTime() / 1_000);
}

/** "until 14:30", "until Tue 08:00", "until 3 Mar 2027". */
export function untilWords(until: number): string {
  const then = new Date(until * 1_000);
  const inS = until - nowS();
  if (inS > 6 * 24 * HOUR_S) {
    return `until ${then.toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" })}`;
  }
  const isToday = then.toDateString() === new Date().toDateString();
  const weekday = isToday ? {} : ({ weekday: "short" } as const);
  return `until ${then.toLocaleString(undefined, { ...weekday, hour: "2-digit", minute: "2-digit" })}`;
}

/** "a moment ago", "5 minutes ago", "yesterday"; coarse on purpose. */
export function agoWords(then: number): string {
  const minutes = Math.max(0, Math.floor((nowS() - then) / 60));
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  if (minutes < 2) return "a moment ago";
  if (minutes < 60) return format.format(-minutes, "minute");
  if (minutes < 24 * 60) return format.format(-Math.floor(minutes / 60), "hour");
  return format.format(-Math.floor(minutes / (24 * 60)), "day");
}

export function lastHereWords(seen: number): string {
  return `Last here ${agoWords(seen)}`;
}
