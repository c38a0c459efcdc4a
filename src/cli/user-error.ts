/** Something the user can put right. It is printed without a stack. */
export class UserError extends Error {
  /** Printed above the message, each on a line of its own. */
  readonly details: readonly string[];
  readonly exitCode: number;

  /** @param message one line: what is wrong and what to do */
  constructor(message: string, details: readonly string[] = [], exitCode = 1) {
    super(message);
    this.name = "UserError";
    this.details = details;
    this.exitCode = exitCode;
  }

  /** The lines to print. */
  get text(): string {
    return [...this.details, `gateway-emulator: ${this.message}`].join("\n");
  }
}
