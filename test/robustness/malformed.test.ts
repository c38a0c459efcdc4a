import { describe, expect, test } from "vitest";
import { call } from "../support/client.js";
import { ROUTES } from "../support/routes.js";
import { refusalProblem } from "./expect-refusal.js";
import { malformedRequests } from "./malformed-requests.js";
import { dump, goodChat, startSubject } from "./subject.js";
import { send } from "./wire.js";

/** Fewer than this, and a table has lost its routes. */
const AT_LEAST = 500;

describe("malformed requests are refused in the surface's own shape and change nothing (A-5, B-1, B-2, X-2 to X-8, X-18)", () => {
  test.for(ROUTES.map((route) => ({ route, name: `${route.method} ${route.path}` })))(
    "$name",
    async ({ route }) => {
      const { gateway, ids } = await startSubject();
      await using _ = gateway;
      const before = await dump(gateway);
      const problems: string[] = [];
      for (const malformed of malformedRequests(route, { ids, workspaceKey: gateway.workspaceKey })) {
        const problem = await send(gateway, malformed.request).then(
          (answer) => refusalProblem(answer, malformed),
          (cause: Error) => `no answer: ${cause.message}`,
        );
        if (problem !== null) problems.push(`${malformed.what} -> ${problem}`);
      }
      expect.soft(problems).toEqual([]);
      expect.soft(await dump(gateway)).toEqual(before);
      expect((await call(gateway, "GET", "/v1/models")).status).toBe(200);
      expect(await goodChat(gateway)).toBe(200);
      expect(await dump(gateway)).not.toEqual(before);
    },
  );

  test(`there are at least ${AT_LEAST} of them, on every route`, async () => {
    const { gateway, ids } = await startSubject();
    await using _ = gateway;
    const counts = ROUTES.map(
      (route) => malformedRequests(route, { ids, workspaceKey: gateway.workspaceKey }).length,
    );
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(AT_LEAST);
  });
});
