/** The bus: carries events between servers (port). */

/**
 * `room:<id>`, `user:<id>`, `server:<id>`, `people` or `online_users`; also the name of the Redis channel.
 */
export type Topic = string;

export const roomTopic = (room: string): Topic => `room:${room}`;
export const userTopic = (user: number): Topic => `user:${user}`;
export const serverTopic = (server: string): Topic => `server:${server}`;
/** Who came and went, on any server. */
export const PRESENCE: Topic = "online_users";
/** Who shows themselves otherwise, and who is new. */
export const PEOPLE: Topic = "people";
/** Who has looked away and who is back, on any server. */
export const ACTIVITY: Topic = "active_users";

/**
 * One bus per server. It hears every topic it is subscribed to, what its own server published
 * included. At most once; in order within a topic, but with gaps wherever the link broke.
 */
export interface Bus {
  /** Resolves once this server hears the topic. */
  subscribe(topic: Topic): Promise<void>;
  unsubscribe(topic: Topic): Promise<void>;
  /**
   * For what is not in any room's log; room events are published by the script that stores them.
   */
  publish(topic: Topic, payload: string): Promise<void>;
}

export interface BusListener {
  /** Must not throw. */
  heard(topic: Topic, payload: string): void;
  /** The link is back after a break: anything may have been missed. */
  restored(): void;
}
