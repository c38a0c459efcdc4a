import { messageOf } from "./faces-management.js";

/** The control plane of an emulator elsewhere refused, or nothing answered; the message says which and why. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  /** null when nothing answered. */
  readonly status: number | null;

  constructor(message: string, status: number | null) {
    super(message);
    this.status = status;
  }
}

/** Parameters of a list; absent ones are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

interface Page<T> {
  readonly items: readonly T[];
  readonly pagination: { readonly has_more: boolean; readonly cursor: string | null };
}

/** Most items that the control plane answers at once. */
const PAGE = 1000;

/** `/_emulator/` of one world, over HTTP. What it answers is trusted to be an emulator's own. */
export class ControlClient {
  readonly #url: string;

  /** @param url of the world, without a slash at the end */
  constructor(url: string) {
    this.#url = url;
  }

  /** @throws ControlError */
  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.#ask("GET", `${path}${queryText(query)}`);
  }

  /** @throws ControlError */
  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#ask("POST", path, body);
  }

  /** @throws ControlError */
  put<T>(path: string, body: unknown): Promise<T> {
    return this.#ask("PUT", path, body);
  }

  /** @throws ControlError */
  delete<T>(path: string): Promise<T> {
    return this.#ask("DELETE", path);
  }

  /** Every item of a list, over all its pages. @throws ControlError */
  async list<T>(path: string, query: Query = {}): Promise<T[]> {
    const found: T[] = [];
    let cursor: string | undefined;
    do {
      const { items, pagination }: Page<T> = await this.get(path, { ...query, limit: PAGE, cursor });
      found.push(...items);
      cursor = pagination.has_more ? (pagination.cursor ?? undefined) : undefined;
    } while (cursor !== undefined);
    return found;
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.#fetch(`/_emulator/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new ControlError(messageOf(text), answer.status);
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new ControlError(`What answers at ${this.#url} is no gateway-emulator.`, answer.status);
    }
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.#url + path, init);
    } catch (cause) {
      const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
      const code = reason instanceof Error && "code" in reason ? String(reason.code) : String(reason);
      throw new ControlError(`No gateway-emulator answers at ${this.#url} (${code}): is it running?`, null);
    }
  }
}

function queryText(query: Query): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) given.set(name, String(value));
  }
  return given.size === 0 ? "" : `?${given}`;
}
