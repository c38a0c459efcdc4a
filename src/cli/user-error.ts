/** An error that the user can fix. It is printed without a stack trace. */
export class UserError extends Error {
  /** Lines printed above the message. */
  readonly details: readonly string[];
  readonly exitCode: number;

  /** @param message one line: what is wrong, then what to do */
  constructor(message: string, details: readonly string[] = [], exitCode = 1) {
    super(message);
    this.name = "UserError";
    this.details = details;
    this.exitCode = exitCode;
  }

  /** The text to print. */
  get text(): string {
    return [...this.details, `gateway-emulator: ${this.message}`].join("\n");
  }
}
