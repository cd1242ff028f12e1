/** People as others see them. */
export interface Person {
  readonly id: number;
  /** The name as its owner writes it. */
  readonly username: string;
}
