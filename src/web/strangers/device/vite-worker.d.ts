/** What Vite makes of a module that is to run as a worker: its address. */
declare module "*?worker&url" {
  const ADDRESS: string;
  export default ADDRESS;
}
