/** What is used of Socket.IO's Redis adapter; its own types take anything, and give a function of anything. */
declare module "@socket.io/redis-adapter" {
  import type { Adapter } from "socket.io-adapter";
  /** Both are clients of `@redis/client`, connected. */
  export function createAdapter(publisher: object, subscriber: object): typeof Adapter;
}
