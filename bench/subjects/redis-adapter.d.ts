/** What is used of Socket.IO's Redis adapter; its own types take anything for a Redis client. */
declare module "@socket.io/redis-adapter" {
  type Client = ReturnType<(typeof import("@redis/client"))["createClient"]>;
  export function createAdapter(
    publisher: Client,
    subscriber: Client,
  ): typeof import("socket.io-adapter").Adapter;
}
