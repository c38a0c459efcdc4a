import { ControlError, errorOf, type WorldConnection } from "./connection.js";

/** Parameters of a list; absent ones are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

interface Page<T> {
  readonly items: readonly T[];
  readonly pagination: { readonly has_more: boolean; readonly cursor: string | null };
}

/** Most items of one page that the control API returns. */
const MAX_LIMIT = 1000;

/**
 * `/_emulator/` of one world. Answers with a 2xx status are trusted to be an emulator's.
 * @throws ControlError from every member
 */
export class ControlApi {
  readonly #connection: WorldConnection;

  constructor(connection: WorldConnection) {
    this.#connection = connection;
  }

  /** What it shows to an emulator that asks for it. */
  get token(): string | null {
    return this.#connection.controlToken;
  }

  async get<T>(path: string, query: Query = {}): Promise<T> {
    return this.#json(await this.#send("GET", `${path}${queryText(query)}`));
  }

  async post<T>(path: string, body?: unknown): Promise<T> {
    const json = body === undefined ? [] : ([JSON.stringify(body), "application/json"] as const);
    return this.#json(await this.#send("POST", path, ...json));
  }

  /** A POST whose answer says only that it was done. */
  async command(path: string, body?: unknown): Promise<void> {
    await this.post(path, body);
  }

  async put<T>(path: string, body: unknown): Promise<T> {
    return this.#json(await this.#send("PUT", path, JSON.stringify(body), "application/json"));
  }

  async delete(path: string): Promise<void> {
    await this.#json(await this.#send("DELETE", path));
  }

  async getBytes(path: string): Promise<Uint8Array> {
    return new Uint8Array(await (await this.#send("GET", path)).arrayBuffer());
  }

  async putBytes(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#json(await this.#send("PUT", path, bytes, "application/octet-stream"));
  }

  /**
   * Every item of a list, over all its pages.
   * @param first parameters of the first page only
   */
  async list<T>(path: string, query: Query = {}, first: Query = {}): Promise<T[]> {
    const found: T[] = [];
    let own = first;
    for (;;) {
      const { items, pagination }: Page<T> = await this.get(path, { ...query, ...own, limit: MAX_LIMIT });
      found.push(...items);
      if (!pagination.has_more || pagination.cursor === null) return found;
      own = { cursor: pagination.cursor };
    }
  }

  async #send(
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
    type?: string,
  ): Promise<Response> {
    const { controlToken } = this.#connection;
    const headers: Record<string, string> = {};
    if (type !== undefined) headers["Content-Type"] = type;
    if (controlToken !== null) headers["x-emulator-token"] = controlToken;
    const answer = await this.#connection.send(`/_emulator/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    if (answer.ok) return answer;
    const { message, code } = errorOf(await answer.text());
    throw new ControlError(message, answer.status, code);
  }

  async #json<T>(answer: Response): Promise<T> {
    try {
      return (await answer.json()) as T;
    } catch {
      throw new ControlError(
        `What answers at ${this.#connection.url} is no gateway-emulator.`,
        answer.status,
      );
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
