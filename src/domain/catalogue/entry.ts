/** One error that the emulator can answer with. */
export interface CatalogueEntry {
  readonly status: number;
  /** Clause of the contract. */
  readonly clause: string;
  /** The message when the thrower gives none. */
  readonly message: string;
  /** How a test can see this error. */
  readonly provoke: string;
}
