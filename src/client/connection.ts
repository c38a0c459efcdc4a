import { asObject, parseJson } from "../domain/parse-json.js";

/** The part of `fetch` that the client uses. Every URL is absolute. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** The control API refused, or no emulator answered. The message says what and why. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  /** null when nothing answered. */
  readonly status: number | null;
  /** The `code` of the answer, such as `VALIDATION_ERROR` or `NOT_FOUND`; null when it has none. */
  readonly code: string | null;

  constructor(message: string, status: number | null, code: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A call to a world of this process that was removed, or whose emulator was stopped. */
export class WorldEndedError extends Error {
  constructor(world: string) {
    super(
      `The world "${world}" has ended: it was removed, or its emulator was stopped before this call. Is an await missing?`,
    );
  }
}

/** Sends requests to one world. */
export class WorldConnection {
  /** Of the world, without a slash at the end. */
  readonly url: string;
  /** For `/_emulator/`, on an emulator that asks for it. */
  readonly controlToken: string | null;
  readonly #fetch: Fetch;

  constructor(url: string, fetch: Fetch, controlToken: string | null = null) {
    this.url = url;
    this.controlToken = controlToken;
    this.#fetch = fetch;
  }

  /**
   * @param path begins with a slash
   * @throws ControlError when nothing answers, WorldEndedError
   */
  async send(path: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#fetch(this.url + path, init);
    } catch (cause) {
      if (cause instanceof WorldEndedError) throw cause;
      const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
      const code = reason instanceof Error && "code" in reason ? String(reason.code) : String(reason);
      throw new ControlError(`No gateway-emulator answers at ${this.url} (${code}): is it running?`, null);
    }
  }
}

/** `message` and `code` of an error body; a body of another shape is the message. */
export function errorOf(text: string): { readonly message: string; readonly code: string | null } {
  const { message, code } = asObject(parseJson(text)) ?? {};
  return {
    message: typeof message === "string" ? message : text,
    code: typeof code === "string" ? code : null,
  };
}
