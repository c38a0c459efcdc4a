/** One error of the emulator. */
export interface CatalogueEntry {
  readonly status: number;
  /** Clause ids, or `emulator`. */
  readonly clause: string;
  /** Default message. */
  readonly message: string;
  /** How a test can provoke this error. */
  readonly provoke: string;
}
