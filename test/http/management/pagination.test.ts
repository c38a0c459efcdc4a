import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../../src/index.js";
import { BASETEN_TARGET, management, QUICKSTART } from "../../support/client.js";
import { advance, createGroup, expectRefusal, groupBody, mintKey } from "./support.js";

/** One of the three lists: how to fill it, empty it, and tell its items apart. */
interface List {
  readonly path: string;
  /** Adds an item and answers its id; `number` is new every time. */
  readonly add: (number: number) => Promise<string>;
  readonly remove: (id: string) => Promise<unknown>;
  readonly idOf: (item: { id?: string; prefix?: string }) => string;
}

/** The lists of a world in which every one of them is still empty. */
const LISTS: Readonly<Record<string, (gateway: GatewayEmulator) => Promise<List>>> = {
  endpoints: async (gateway) => {
    const api = management(gateway);
    return {
      path: "/endpoints",
      add: async (number) => {
        const body = { slug: `acme/m${number}`, targets: [BASETEN_TARGET] };
        return (await api.post("/endpoints", body)).body.id;
      },
      remove: (id) => api.delete(`/endpoints/${id}`),
      idOf: (item) => String(item.id),
    };
  },
  groups: async (gateway) => {
    const api = management(gateway);
    return {
      path: "/groups",
      add: (number) => createGroup(gateway, `g${number}`),
      remove: (id) => api.delete(`/groups/${id}`),
      idOf: (item) => String(item.id),
    };
  },
  keys: async (gateway) => {
    const api = management(gateway);
    const path = `/groups/${await createGroup(gateway, "holder")}/api_keys`;
    return {
      path,
      add: async (number) => (await api.post(path, { name: `k${number}` })).body.prefix,
      remove: (prefix) => api.delete(`${path}/${prefix}`),
      idOf: (item) => String(item.prefix),
    };
  },
};

/** A world without endpoints and groups, and one of its lists. */
async function emptyWorld(name: string): Promise<{ gateway: GatewayEmulator; list: List }> {
  const gateway = await startGatewayEmulator({
    seed: { clock: QUICKSTART.clock },
    managementRateLimit: false,
  });
  const open = LISTS[name];
  if (!open) throw new Error(`no list ${name}`);
  return { gateway, list: await open(gateway) };
}

/** Every page of a list, as ids. */
async function walk(gateway: GatewayEmulator, list: List, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string =
      cursor === "" ? `limit=${limit}` : `limit=${limit}&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await management(gateway).get(`${list.path}?${query}`);
    pages.push(body.items.map(list.idOf));
    expect(body.pagination.has_more).toBe(body.pagination.cursor !== null);
    cursor = body.pagination.cursor;
  }
  return pages;
}

describe.each(Object.keys(LISTS))("the list of %s", (name) => {
  test("P-1: pages of limit items; on the last has_more is false and cursor null", async () => {
    const { gateway, list } = await emptyWorld(name);
    await using _ = gateway;
    const empty = await management(gateway).get(list.path);
    expect([empty.status, empty.text]).toEqual([
      200,
      '{"items":[],"pagination":{"has_more":false,"cursor":null}}',
    ]);
    for (let number = 0; number < 6; number++) await list.add(number);
    for (const [limit, sizes] of [
      [1, [1, 1, 1, 1, 1, 1]],
      [4, [4, 2]],
      [3, [3, 3]],
      [6, [6]],
      [1000, [6]],
    ] as const) {
      expect((await walk(gateway, list, limit)).map((page) => page.length)).toEqual(sizes);
    }
    const { body } = await management(gateway).get(`${list.path}?limit=4`);
    expect(Object.keys(body)).toEqual(["items", "pagination"]);
    expect(body.pagination).toEqual({ has_more: true, cursor: expect.any(String) });
  });

  test("P-1: limit is 100 when absent, and 1000 at most", async () => {
    const { gateway, list } = await emptyWorld(name);
    await using _ = gateway;
    for (let number = 0; number < 101; number++) await list.add(number);
    const first = await management(gateway).get(list.path);
    expect(first.body.items).toHaveLength(100);
    const rest = await management(gateway).get(`${list.path}?cursor=${first.body.pagination.cursor}`);
    expect(rest.body.items).toHaveLength(1);
    expect((await management(gateway).get(`${list.path}?limit=1000`)).body.items).toHaveLength(101);
  });

  test("P-2: oldest first, ties by id", async () => {
    const { gateway, list } = await emptyWorld(name);
    await using _ = gateway;
    const expected: string[] = [];
    for (let round = 0; round < 3; round++) {
      const together: string[] = [];
      for (let number = 0; number < 5; number++) together.push(await list.add(round * 5 + number));
      expected.push(...together.sort());
      await advance(gateway, { by: "1ms" });
    }
    for (const limit of [1, 4, 100]) expect((await walk(gateway, list, limit)).flat()).toEqual(expected);
  });

  test("P-2: a limit below 1, above 1000 or not an integer is 400", async () => {
    const { gateway, list } = await emptyWorld(name);
    await using _ = gateway;
    const wrong = ["0", "-1", "1001", "1.5", "10.0", "1e2", "abc", "", "%2B5", "0x10", "NaN", "9".repeat(40)];
    for (const limit of wrong) {
      expectRefusal(await management(gateway).get(`${list.path}?limit=${limit}`), 400, "limit", "1000");
    }
  });

  test("P-2: a cursor that this list did not issue is 400, however close it comes", async () => {
    const { gateway, list } = await emptyWorld(name);
    await using _ = gateway;
    for (let number = 0; number < 3; number++) await list.add(number);
    const api = management(gateway);
    const { cursor } = (await api.get(`${list.path}?limit=1`)).body.pagination;
    const refused = async (wrong: string) =>
      expectRefusal(await api.get(`${list.path}?cursor=${encodeURIComponent(wrong)}`), 400, "cursor");
    for (const wrong of [
      "",
      "x",
      "null",
      ".",
      "e30.e30",
      `${cursor}=`,
      `${cursor}A`,
      `${cursor}.`,
      ` ${cursor}`,
    ]) {
      await refused(wrong);
    }
    await fc.assert(
      fc.asyncProperty(
        fc.nat(cursor.length - 1),
        fc.constantFrom("", ..."AZaz09-_.!=/+ "),
        async (at, character) => {
          const wrong = cursor.slice(0, at) + character + cursor.slice(at + 1);
          if (wrong !== cursor) await refused(wrong);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("P-2: a walk neither repeats nor skips a surviving item, whatever comes and goes between pages", async () => {
    const turn = fc.record({
      limit: fc.integer({ min: 1, max: 5 }),
      adds: fc.nat(3),
      removes: fc.array(fc.nat(), { maxLength: 3 }),
      tick: fc.boolean(),
    });
    const turns = fc.array(turn, { minLength: 3, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 12 }), turns, async (start, turns) => {
        const { gateway, list } = await emptyWorld(name);
        await using _ = gateway;
        let number = 0;
        const alive: string[] = [];
        const add = async () => alive.push(await list.add(number++));
        while (number < start) await add();
        const survivors = new Set(alive);
        const seen: string[] = [];
        let cursor: string | null | undefined;
        for (let turn = 0; cursor !== null; turn++) {
          const { limit, adds, removes, tick } = turns[turn] ?? {
            limit: 7,
            adds: 0,
            removes: [],
            tick: false,
          };
          const after: string = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
          const { body } = await management(gateway).get(`${list.path}?limit=${limit}${after}`);
          seen.push(...body.items.map(list.idOf));
          cursor = body.pagination.cursor;
          if (tick) await advance(gateway, { by: 1 });
          for (let count = 0; count < adds; count++) await add();
          for (const at of removes) {
            const [gone] = alive.splice(at % (alive.length || 1), 1);
            if (gone === undefined) continue;
            await list.remove(gone);
            survivors.delete(gone);
          }
        }
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((id) => survivors.has(id)).sort()).toEqual([...survivors].sort());
      }),
      { numRuns: 20 },
    );
  });
});

describe("cursors", () => {
  test("P-2: a cursor is good for the list that issued it only", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const [one, two] = [await createGroup(gateway, "one"), await createGroup(gateway, "two")];
    for (const group of [one, one, two, two]) await mintKey(gateway, group);
    const { cursor } = (await api.get(`/groups/${one}/api_keys?limit=1`)).body.pagination;
    expect(await api.get(`/groups/${one}/api_keys?cursor=${cursor}`)).toMatchObject({ status: 200 });
    for (const path of [`/groups/${two}/api_keys`, "/groups", "/endpoints"]) {
      expectRefusal(await api.get(`${path}?cursor=${cursor}`), 400, "cursor");
    }
  });

  test("P-1, G-7: limit and cursor are checked beside external_entity_id, too", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const found = await api.get("/groups?external_entity_id=org&limit=1");
    expect(found.body).toMatchObject({ items: [{}], pagination: { has_more: false, cursor: null } });
    expectRefusal(await api.get("/groups?external_entity_id=org&limit=0"), 400, "limit");
    expectRefusal(await api.get("/groups?external_entity_id=org&cursor=x"), 400, "cursor");
  });

  test("P-2: a cursor still works after the item it was issued for is gone", async () => {
    await using gateway = await startGatewayEmulator({ seed: { clock: QUICKSTART.clock } });
    const api = management(gateway);
    for (const entity of ["a", "b", "c"]) await api.post("/groups", groupBody(entity));
    const all = (await api.get("/groups")).body.items;
    const { items, pagination } = (await api.get("/groups?limit=2")).body;
    for (const { id } of items) await api.delete(`/groups/${id}`);
    const rest = await api.get(`/groups?cursor=${pagination.cursor}`);
    expect(rest.body).toEqual({ items: all.slice(2), pagination: { has_more: false, cursor: null } });
  });
});
