/** An option of a start that cannot be used. */
export class OptionError extends TypeError {
  override readonly name = "OptionError";
  /** As `startGatewayEmulator` takes it, such as `allowedHosts`. */
  readonly option: string;
  /** What was expected, and what it got. */
  readonly problem: string;

  constructor(option: string, problem: string) {
    super(`startGatewayEmulator: ${option}: ${problem}`);
    this.option = option;
    this.problem = problem;
  }
}
