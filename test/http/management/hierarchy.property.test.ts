import fc from "fast-check";
import { expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../../src/index.js";
import { management } from "../../support/client.js";
import { expectExactly, expectRefusal, groupBody } from "./support.js";

/** A group as the reference knows it: its thresholds by `slug type unit`. */
interface Node {
  readonly id: string;
  readonly parent: Node | null;
  thresholds: ReadonlyMap<string, number>;
}

const EXCEEDS = "Child group exceeds parent group limit.";

function ancestorsOf(node: Node): Node[] {
  return node.parent ? [node.parent, ...ancestorsOf(node.parent)] : [];
}

/** G-6 as it reads: nowhere in the tree a threshold above any ancestor's for the same (slug, type, unit). */
function holds(tree: readonly Node[]): boolean {
  return tree.every((node) =>
    ancestorsOf(node).every((above) =>
      [...node.thresholds].every(
        ([limit, threshold]) => threshold <= (above.thresholds.get(limit) ?? Infinity),
      ),
    ),
  );
}

const threshold = fc.integer({ min: 1, max: 3 });
const limit = (type: string, units: string[]) =>
  fc.option(fc.record({ type: fc.constant(type), unit: fc.constantFrom(...units), threshold }), {
    nil: undefined,
    freq: 2,
  });
const pair = (units: string[]) =>
  fc
    .tuple(limit("TOKEN", units), limit("REQUEST", units))
    .map((limits) => limits.filter((one) => one !== undefined));
const model = fc.record({
  slug: fc.constantFrom("a/a", "b/b"),
  rate_limits: pair(["SECOND", "MINUTE"]),
  usage_limits: pair(["DAY"]),
});
const models = fc.uniqueArray(model, { selector: ({ slug }) => slug, minLength: 1, maxLength: 2 });
type Models = typeof models extends fc.Arbitrary<infer T> ? T : never;

/** One call: which group it is about (as a number to be taken modulo how many there are) and with what. */
const step = fc.record({
  kind: fc.constantFrom("create", "create", "create", "change", "change", "remove"),
  at: fc.nat(),
  models,
});

function thresholdsOf(wanted: Models): Map<string, number> {
  return new Map(
    wanted.flatMap(({ slug, rate_limits, usage_limits }) =>
      [...rate_limits, ...usage_limits].map(({ type, unit, threshold }): [string, number] => [
        `${slug} ${type} ${unit}`,
        threshold,
      ]),
    ),
  );
}

/** Does the step against the emulator and checks its verdict; answers the tree as it is afterwards. */
async function take(
  gateway: GatewayEmulator,
  tree: readonly Node[],
  { kind, at, models }: { kind: string; at: number; models: Models },
  cascading: boolean,
  entity: string,
): Promise<readonly Node[]> {
  const api = management(gateway);
  const target = tree[at % tree.length];
  if (!target) return tree;
  const thresholds = thresholdsOf(models);
  switch (kind) {
    case "create": {
      const created = await api.post("/groups", groupBody(entity, { models, parent: target.id }));
      if (ancestorsOf(target).length >= 4) {
        expectRefusal(created, 400, "hierarchy.parent_group_id");
        return tree;
      }
      const grown = [...tree, { id: created.body.id, parent: target, thresholds }];
      if (cascading && !holds(grown)) {
        expectExactly(created, 400, EXCEEDS);
        return tree;
      }
      expect(created.status).toBe(200);
      return grown;
    }
    case "change": {
      const before = target.thresholds;
      target.thresholds = thresholds;
      const changed = await api.patch(`/groups/${target.id}`, { models });
      if (cascading && !holds(tree)) {
        expectExactly(changed, 400, EXCEEDS);
        target.thresholds = before;
      } else expect(changed.status).toBe(200);
      return tree;
    }
    default: {
      if (!target.parent) return tree;
      expect(await api.delete(`/groups/${target.id}`)).toMatchObject({ status: 200 });
      return tree.filter((node) => node !== target && !ancestorsOf(node).includes(target));
    }
  }
}

test("G-5, G-6: in random trees a call is accepted exactly when no threshold ends up above an ancestor's", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("CASCADING", "CASCADING", "CASCADING", "INDEPENDENT"),
      fc.array(step, { minLength: 10, maxLength: 40 }),
      async (mode, steps) => {
        await using gateway = await startGatewayEmulator({ managementRateLimit: false });
        const root = await management(gateway).post("/groups", groupBody("root", { mode }));
        let tree: readonly Node[] = [{ id: root.body.id, parent: null, thresholds: new Map() }];
        for (const [index, one] of steps.entries()) {
          tree = await take(gateway, tree, one, mode === "CASCADING", `group-${index}`);
        }
        const listed = await management(gateway).get("/groups?limit=1000");
        expect(listed.body.items.map((item: { id: string }) => item.id).sort()).toEqual(
          tree.map(({ id }) => id).sort(),
        );
      },
    ),
    { numRuns: 25 },
  );
});
